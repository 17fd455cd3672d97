"""PostgreSQL as the second lock: who a transaction is, and what the database lets it see.

`context` switches role, user and units for one transaction. `tables` says what kind each table is
and `roles` what each role may; `policies`, `keys` and `changes` make SQL of both, `securing` applies
it and compares the catalogue with it. On SQLite nothing of this happens.
"""
