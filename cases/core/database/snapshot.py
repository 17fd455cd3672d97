"""What the catalogue says about rights, policies, keys and triggers, one line of text each."""

from django.db.backends.base.base import BaseDatabaseWrapper

QUERIES = {
    "row-level security": """
        SELECT relname, relrowsecurity, relforcerowsecurity FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')""",
    "policy": """
        SELECT tablename, policyname, permissive, roles, cmd, qual, with_check FROM pg_policies
        WHERE schemaname = 'public'""",
    "right": """
        SELECT c.relname, a.grantee::regrole, a.privilege_type, a.is_grantable
        FROM pg_class c, aclexplode(c.relacl) a
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')""",
    "right to a column": """
        SELECT c.relname, t.attname, a.grantee::regrole, a.privilege_type
        FROM pg_attribute t JOIN pg_class c ON c.oid = t.attrelid, aclexplode(t.attacl) a
        WHERE c.relnamespace = 'public'::regnamespace""",
    "right to the schema": """
        SELECT n.nspname, a.grantee::regrole, a.privilege_type
        FROM pg_namespace n, aclexplode(n.nspacl) a WHERE n.nspname = 'public'""",
    "key": """
        SELECT conrelid::regclass, conname, pg_get_constraintdef(oid), convalidated
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype IN ('f', 'u')""",
    "trigger": """
        SELECT t.tgrelid::regclass, t.tgname, pg_get_triggerdef(t.oid), t.tgenabled
        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
        WHERE c.relnamespace = 'public'::regnamespace AND NOT t.tgisinternal""",
    "function": """
        SELECT p.oid::regprocedure, md5(pg_get_functiondef(p.oid)), p.prosecdef, p.proconfig,
               (SELECT array_agg(a.grantee::regrole::text ORDER BY 1) FROM aclexplode(p.proacl) a)
        FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND p.prokind = 'f'""",
}


def snapshot(connection: BaseDatabaseWrapper) -> set[str]:
    lines = set()
    with connection.cursor() as cursor:
        for what, query in QUERIES.items():
            cursor.execute(query)
            lines |= {f"{what}: {', '.join(map(str, row))}" for row in cursor.fetchall()}
    return lines
