"""Run by alembic: the migrations on the `Database` that hands itself over."""

from alembic import context
from sqlalchemy import text

from service.desk.tables import metadata

_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(7236573642)")  # any number, always the same
database = context.config.attributes["database"]
with database.engine.connect() as connection:
    # SQLite changes a table by making it anew. Meanwhile what points to its rows points to nothing, which it refuses to
    # overlook unless told so before the transaction; so it is asked afterwards whether all is there again.
    sqlite = connection.connection.driver_connection if database.is_sqlite else None
    if sqlite:
        sqlite.execute("PRAGMA foreign_keys=OFF")
    try:
        # All steps or none, also on SQLite, where each would else be for itself: whoever is broken off begins anew.
        context.configure(connection=connection, target_metadata=metadata, render_as_batch=True, transactional_ddl=True)
        with context.begin_transaction():
            database.begin(connection, "IMMEDIATE")
            if not database.is_sqlite:
                # Several may be started at once: the others wait, and then find nothing left to do.
                connection.execute(_ONE_AT_A_TIME)
            context.run_migrations()
            if sqlite and sqlite.execute("PRAGMA foreign_key_check").fetchone():
                raise RuntimeError("a migration has left rows that point to nothing; nothing has been changed")
        connection.commit()
    finally:
        if sqlite:
            connection.rollback()
            sqlite.execute("PRAGMA foreign_keys=ON")
