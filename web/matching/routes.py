"""Addresses of shortlists, invitations, the board and overrides."""

from kb.accounts.permissions import Action
from web.http.routes import LONG_FORM, get, post
from web.matching import board, invitations, overrides, shortlist

ROUTES = (
    get("/requests/{id}/matching", shortlist.matching_page, Action.MATCH),
    post("/requests/{id}/ranking", shortlist.rank, Action.MATCH, LONG_FORM),
    post("/requests/{id}/slate", shortlist.choose, Action.DECIDE_REQUEST, LONG_FORM),
    post("/requests/{id}/invite", shortlist.invite, Action.DECIDE_REQUEST, LONG_FORM),
    post("/requests/{id}/address", shortlist.new_address, Action.DECIDE_REQUEST, LONG_FORM),
    post("/requests/{id}/drop", shortlist.drop, Action.DECIDE_REQUEST, LONG_FORM),
    get("/invitation", invitations.by_link, Action.SIGN_IN),
    post("/invitation", invitations.answer_by_link, Action.SIGN_IN),
    get("/invitations/{id}", invitations.own_invitation, Action.ANSWER_PROPOSAL),
    post("/invitations/{id}", invitations.answer_own, Action.ANSWER_PROPOSAL),
    get("/board", board.board_page, Action.MATCH),
    get("/board.csv", board.board_csv, Action.MATCH),
    get("/board/requests.csv", board.waiting_csv, Action.MATCH),
    get("/support", board.public_page, Action.READ_PUBLIC),
    get("/support.csv", board.public_csv, Action.READ_PUBLIC),
    get("/overrides", overrides.overrides_page, Action.SEE_OVERRIDES),
    get("/overrides.csv", overrides.overrides_csv, Action.SEE_OVERRIDES),
)
