from django.urls import path

from cases.casework.views import access, case, person, register, samples

app_name = "casework"
urlpatterns = [
    path("new/", register.choose_basis, name="choose_basis"),
    path("new/<uuid:unit_id>/<uuid:basis_id>/", register.register, name="register"),
    path("tasks/<uuid:task_id>/done/", case.task_done, name="task_done"),
    path("break-glass/", access.break_glass, name="break_glass"),
    path("break-glass/end/", access.close_glass, name="close_glass"),
    path("samples/", samples.own_list, name="samples"),
    path("samples/<uuid:sample_id>/", samples.record_one, name="record_sample"),
    path("<uuid:case_id>/samples/", samples.of_case, name="case_samples"),
    path("<uuid:case_id>/opened-by/", access.opened_by, name="opened_by"),
    path("<uuid:case_id>/samples/order/", samples.order, name="order_sample"),
    path("<uuid:case_id>/why/", access.declare, name="declare"),
    path("<uuid:case_id>/break-glass/", access.break_glass_on, name="break_glass_on"),
    path("<uuid:case_id>/i-know/", access.know_person, name="know_person"),
    path("<uuid:case_id>/blocks/", access.blocks, name="blocks"),
    path("<uuid:case_id>/blocks/<uuid:block_id>/lift/", access.lift, name="lift_block"),
    path("<uuid:case_id>/decide/", case.decide, name="decide"),
    path("<uuid:case_id>/assign/", case.assign_case, name="assign"),
    path("<uuid:case_id>/note/", case.note, name="note"),
    path("<uuid:case_id>/person/", person.correct, name="correct_person"),
    path("<uuid:case_id>/contact/", person.add_contact, name="add_contact"),
    path(
        "<uuid:case_id>/contact/<uuid:point_id>/withdraw/",
        person.withdraw_contact,
        name="withdraw_contact",
    ),
]
