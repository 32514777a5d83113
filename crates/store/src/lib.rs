//! PostgreSQL: migrations, all SQL, the embedded server.
