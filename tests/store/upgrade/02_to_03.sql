CREATE FUNCTION pgtrickle_data.third() RETURNS int LANGUAGE sql AS 'SELECT 3';
REVOKE ALL ON FUNCTION pgtrickle_data.third() FROM PUBLIC;
