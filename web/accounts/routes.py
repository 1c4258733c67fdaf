"""Addresses of signing in, of accounts and of the audit trail."""

from kb.accounts.permissions import Action
from web.accounts import account_requests, administration, audit_trail, own_account, sign_in
from web.http.routes import get, post

ROUTES = (
    get("/sign-in", sign_in.sign_in_form, Action.SIGN_IN),
    post("/sign-in", sign_in.sign_in, Action.SIGN_IN),
    post("/sign-out", sign_in.sign_out, Action.SIGN_IN),
    get("/sign-in/help", sign_in.help_form, Action.SIGN_IN),
    post("/sign-in/help", sign_in.help_sent, Action.SIGN_IN),
    get("/welcome", sign_in.welcome, Action.SIGN_IN),
    post("/welcome", sign_in.choose, Action.SIGN_IN),
    get("/join", account_requests.join_form, Action.SIGN_IN),
    post("/join", account_requests.join, Action.SIGN_IN),
    get("/wishes", account_requests.list_page, Action.MANAGE_ACCOUNTS),
    post("/wishes/{id}/grant", account_requests.grant, Action.MANAGE_ACCOUNTS),
    post("/wishes/{id}/refuse", account_requests.refuse, Action.MANAGE_ACCOUNTS),
    get("/account", own_account.own_account, Action.OWN_ACCOUNT),
    post("/account/details", own_account.change_details, Action.OWN_ACCOUNT),
    post("/account/password", own_account.change_password, Action.OWN_ACCOUNT),
    post("/account/sessions/end-others", own_account.end_other_sessions, Action.OWN_ACCOUNT),
    post("/account/sessions/{id}/end", own_account.end_session, Action.OWN_ACCOUNT),
    post("/account/tokens", own_account.make_token, Action.OWN_ACCOUNT),
    post("/account/tokens/{id}/end", own_account.end_token, Action.OWN_ACCOUNT),
    # Where a form was sent to, opened again or in another language.
    get("/account/details", own_account.to_own_account, Action.OWN_ACCOUNT),
    get("/account/password", own_account.to_own_account, Action.OWN_ACCOUNT),
    get("/account/tokens", own_account.to_own_account, Action.OWN_ACCOUNT),
    get("/accounts", administration.list_page, Action.MANAGE_ACCOUNTS),
    post("/accounts", administration.invite, Action.MANAGE_ACCOUNTS),
    get("/accounts/{id}", administration.member, Action.MANAGE_ACCOUNTS),
    post("/accounts/{id}", administration.save, Action.MANAGE_ACCOUNTS),
    post("/accounts/{id}/link", administration.new_link, Action.MANAGE_ACCOUNTS),
    get("/accounts/{id}/link", administration.to_member, Action.MANAGE_ACCOUNTS),
    post("/accounts/{id}/sessions/end", administration.end_sessions, Action.MANAGE_ACCOUNTS),
    post("/accounts/{id}/sessions/{session}/end", administration.end_session, Action.MANAGE_ACCOUNTS),
    get("/audit", audit_trail.trail, Action.READ_AUDIT),
)
