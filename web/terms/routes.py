"""Addresses of the glossary, and of where it is changed."""

from kb.accounts.permissions import Action
from web.http.routes import LONG_FORM, get, post
from web.terms import glossary, workbench

ROUTES = (
    get("/glossary", glossary.glossary_page, Action.READ_PUBLIC),
    get("/glossary/{id}", glossary.term_page, Action.READ_PUBLIC),
    get("/workbench/terms", workbench.terms_page, Action.EDIT_TERMS),
    get("/workbench/terms/new", workbench.new_term, Action.EDIT_TERMS),
    post("/workbench/terms", workbench.save_new, Action.EDIT_TERMS, LONG_FORM),
    get("/workbench/terms/{id}", workbench.edit_term, Action.EDIT_TERMS),
    post("/workbench/terms/{id}", workbench.save_term, Action.EDIT_TERMS, LONG_FORM),
    post("/workbench/terms/{id}/retire", workbench.retire_term, Action.EDIT_TERMS),
    post("/workbench/terms/{id}/restore", workbench.restore_term, Action.EDIT_TERMS),
)
