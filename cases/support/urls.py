from django.urls import URLPattern, URLResolver, path

from cases.support.views import answers, closing, offers

app_name = "support"
urlpatterns: list[URLPattern | URLResolver] = [
    path("<uuid:case_id>/help/", offers.help_page, name="help"),
    path("<uuid:case_id>/help/consent/", offers.consent, name="consent"),
    path("<uuid:case_id>/help/consent/withdraw/", offers.withdraw_consent, name="withdraw_consent"),
    path("<uuid:case_id>/help/offer/", offers.offer, name="offer"),
    path("<uuid:case_id>/help/<uuid:offer_id>/reply/", offers.reply, name="reply"),
    path("<uuid:case_id>/help/<uuid:offer_id>/result/", offers.result, name="result"),
    path("<uuid:case_id>/answer/", answers.answer, name="answer"),
    path("<uuid:case_id>/answer/page/", answers.answer_page, name="answer_page"),
    path("<uuid:case_id>/sender-decision/", answers.sender_decision, name="sender_decision"),
    path("<uuid:case_id>/close/", closing.close, name="close"),
]
