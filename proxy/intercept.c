#include "intercept.h"

enum intercept_verdict intercept_client_message(struct client *c, uint8_t type, const uint8_t *body, size_t len)
{
    (void)c;
    (void)type;
    (void)body;
    (void)len;
    return INTERCEPT_FORWARD;
}

enum intercept_verdict intercept_server_message(struct client *c, uint8_t type, const uint8_t *body, size_t len)
{
    (void)c;
    (void)type;
    (void)body;
    (void)len;
    return INTERCEPT_FORWARD;
}

bool intercept_server_notice(struct client *c, const uint8_t *body, size_t len)
{
    (void)c;
    (void)body;
    (void)len;
    return false;
}

void intercept_ready(struct client *c, char status)
{
    (void)c;
    (void)status;
}

void intercept_client_closed(struct client *c)
{
    (void)c;
}
