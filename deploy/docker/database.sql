-- The role and the database of EPMPulse, created at the first start of the container. The role owns its database and nothing
-- else; EPMPulse creates its tables itself.
\set ON_ERROR_STOP on
\set password `cat /run/secrets/database/password`
CREATE ROLE epmpulse LOGIN PASSWORD :'password';
CREATE DATABASE epmpulse OWNER epmpulse ENCODING 'UTF8' TEMPLATE template0;
