#include "maintainer.h"

bool maintainer_start(const struct config *cfg, struct err *e)
{
    (void)cfg;
    (void)e;
    return true;
}

void maintainer_reload(const struct config *cfg)
{
    (void)cfg;
}

void maintainer_stop(void)
{
}
