"""The floor: what Django itself takes for an equal page from one indexed query.

Session, sign-in, CSRF protection and translation are on, as in any program for staff; nothing is
encrypted, scoped to a unit, or logged. Of its own tables in the database that DATABASE_URL names:

    python -m bench.pages.floor CASES       makes them and prints what to ask for, as JSON
    gunicorn bench.pages.floor:application
"""

import json
import os
import random
import sys
from urllib.parse import urlsplit

import django
from django.conf import settings

PER_PAGE = 25
MUNICIPALITIES, STATES = 350, 5
# A page frame of ordinary size, about 8 kB.
FRAME = (
    '<!doctype html><html lang="nb"><head><meta charset="utf-8"><title>Cases</title></head><body><nav>'
    + "".join(
        f'<a class="nav-link px-3 py-2" href="/menu/{number}/below">Menu entry number {number}</a>\n'
        for number in range(100)
    )
    + "</nav><main>{% block main %}{% endblock %}</main><footer>The municipality</footer></body></html>"
)
TEMPLATES = {
    "frame.html": FRAME,
    "list.html": '{% extends "frame.html" %}{% block main %}<table>{% for case in rows %}<tr>'
    '<td><a href="/case/{{ case.id }}">{{ case.id }}</a></td><td>{{ case.name }}</td>'
    '<td>{{ case.born|date:"Y-m-d" }}</td><td>{{ case.municipality.name }}</td><td>{{ case.state }}</td>'
    '<td>{{ case.created|date:"Y-m-d H:i" }}</td></tr>{% endfor %}</table>{% endblock %}',
    "case.html": '{% extends "frame.html" %}{% block main %}<h1>{{ case.name }}</h1><dl>'
    '<dt>Born<dd>{{ case.born|date:"Y-m-d" }}<dt>Municipality<dd>{{ case.municipality.name }}'
    '<dt>State<dd>{{ case.state }}<dt>Created<dd>{{ case.created|date:"Y-m-d H:i" }}'
    "<dt>Note<dd>{{ case.note }}</dl>{% endblock %}",
    "form.html": '{% extends "frame.html" %}{% block main %}<form method="post">{% csrf_token %}{{ form }}'
    "<button>OK</button></form>{% endblock %}",
}
TABLES = """
CREATE TABLE floor_municipality (id int PRIMARY KEY, name text);
INSERT INTO floor_municipality SELECT i, 'Municipality ' || i FROM generate_series(1, 350) i;
CREATE TABLE floor_case (
    id serial PRIMARY KEY, name text NOT NULL, born date,
    municipality_id int NOT NULL REFERENCES floor_municipality, state smallint NOT NULL,
    created timestamptz NOT NULL, note text);
INSERT INTO floor_case (name, born, municipality_id, state, created, note)
    SELECT 'Testperson ' || i, date '1950-01-01' + i %% 20000, 1 + (i * 7919::bigint) %% 350, i %% 5,
           now() - (i * 104729::bigint) %% 1825 * interval '1 day', repeat('Note ', 10)
    FROM generate_series(1, %s) i;
CREATE INDEX floor_case_list ON floor_case (municipality_id, state, created DESC, id DESC);
"""


def configure():
    url = urlsplit(os.environ["DATABASE_URL"])
    contrib, middle = "django.contrib.", "django.middleware."
    context = "django.template.context_processors.request", f"{contrib}auth.context_processors.auth"
    loaders = [("django.template.loaders.locmem.Loader", TEMPLATES)]
    settings.configure(
        SECRET_KEY="floor" * 10, ALLOWED_HOSTS=["127.0.0.1"], ROOT_URLCONF="bench.pages.floor",
        USE_TZ=True, TIME_ZONE="Europe/Oslo", LANGUAGE_CODE="nb", LOGIN_URL="/sign-in",
        SESSION_COOKIE_NAME="floor-session", CSRF_COOKIE_NAME="floor-csrf",
        INSTALLED_APPS=[f"{contrib}{name}" for name in ("auth", "contenttypes", "sessions", "messages")],
        MIDDLEWARE=[
            f"{middle}security.SecurityMiddleware", f"{contrib}sessions.middleware.SessionMiddleware",
            f"{middle}locale.LocaleMiddleware", f"{middle}common.CommonMiddleware",
            f"{middle}csrf.CsrfViewMiddleware", f"{contrib}auth.middleware.AuthenticationMiddleware",
            f"{contrib}messages.middleware.MessageMiddleware",
        ],
        TEMPLATES=[{
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {
                "loaders": [("django.template.loaders.cached.Loader", loaders)],
                "context_processors": context,
            },
        }],
        DATABASES={"default": {
            "ENGINE": "django.db.backends.postgresql", "NAME": url.path[1:], "USER": url.username,
            "PASSWORD": url.password or "", "HOST": url.hostname, "PORT": url.port or "",
            "CONN_MAX_AGE": 600,
        }},
    )  # fmt: skip
    django.setup()


if not settings.configured:
    configure()

from django import forms  # noqa: E402
from django.contrib.auth.decorators import login_required  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection, models  # noqa: E402
from django.http import HttpResponse, HttpResponseRedirect  # noqa: E402
from django.shortcuts import render  # noqa: E402
from django.urls import path  # noqa: E402


class Municipality(models.Model):
    name = models.TextField()

    class Meta:
        app_label, db_table, managed = "floor", "floor_municipality", False


class Case(models.Model):
    name = models.CharField(max_length=200)
    born = models.DateField()
    municipality = models.ForeignKey(Municipality, models.PROTECT)
    state = models.SmallIntegerField(default=0)
    created = models.DateTimeField(auto_now_add=True)
    note = models.TextField()

    class Meta:
        app_label, db_table, managed = "floor", "floor_case", False


class CaseForm(forms.ModelForm):
    municipality = forms.ModelChoiceField(Municipality.objects.all())

    class Meta:
        model, fields = Case, ("name", "born", "municipality", "note")


@login_required
def case_list(request):
    wanted = Case.objects.select_related("municipality").filter(
        municipality_id=request.GET["m"], state=request.GET["s"]
    )
    return render(request, "list.html", {"rows": wanted.order_by("-created", "-id")[:PER_PAGE]})


@login_required
def case(request, number):
    found = Case.objects.select_related("municipality").get(pk=number)
    return render(request, "case.html", {"case": found})


@login_required
def create(request):
    form = CaseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return HttpResponseRedirect(f"/case/{form.save().pk}")
    return render(request, "form.html", {"form": form})


urlpatterns = [
    path("list", case_list),
    path("case/<int:number>", case),
    path("create", create),
    path("healthz", lambda _request: HttpResponse("ok")),
]
application = get_wsgi_application()


def prepare(cases):
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.test import Client

    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute(TABLES, [cases])
        cursor.execute("ANALYZE floor_case")
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(User.objects.create(username="floor"))
    client.get("/create")
    lists = [
        f"/list?m={random.randint(1, MUNICIPALITIES)}&s={random.randrange(STATES)}"
        for _ in range(200)
    ]
    body = {
        "name": "Testperson New", "born": "1970-01-01", "municipality": 301, "note": "About help",
        "csrfmiddlewaretoken": client.cookies["floor-csrf"].value,
    }  # fmt: skip
    return {
        "cookies": {name: morsel.value for name, morsel in client.cookies.items()},
        "pages": {
            "list": {"paths": lists},
            "case": {"paths": [f"/case/{random.randint(1, cases)}" for _ in range(200)]},
            "create": {"paths": ["/create"], "bodies": [body]},
        },
    }


if __name__ == "__main__":
    # The models belong to the module's name, not to the one of a program.
    sys.modules["bench.pages.floor"] = sys.modules["__main__"]
    print(json.dumps(prepare(int(sys.argv[1]))))
