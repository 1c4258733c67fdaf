"""Addresses of experts: their own profile, the directory, organisations."""

from kb.accounts.permissions import Action
from web.experts import csv_import, directory, files, organisations, own_profile
from web.http.routes import LONG_FORM, get, post

ROUTES = (
    post("/expert/files", files.send_file, Action.EDIT_PERSON, files.LARGEST),
    get("/expert/files", files.to_own, Action.EDIT_PERSON),
    post("/expert/files/remove", files.remove_file, Action.EDIT_PERSON, files.LARGEST),
    get("/expert/files/remove", files.to_own, Action.EDIT_PERSON),
    post("/expert/works/shown", files.show_works, Action.EDIT_PERSON, files.LARGEST),
    get("/expert/works/shown", files.to_own, Action.EDIT_PERSON),
    post("/experts/{id}/files", files.send_file_for, Action.INVITE_PERSON, files.LARGEST),
    get("/expert", own_profile.own_profile, Action.EDIT_PERSON),
    post("/expert", own_profile.save_profile, Action.EDIT_PERSON, LONG_FORM),
    post("/expert/export", own_profile.export, Action.EDIT_PERSON, LONG_FORM),
    post("/expert/works", own_profile.add_work, Action.EDIT_PERSON, LONG_FORM),
    post("/expert/works/remove", own_profile.remove_work, Action.EDIT_PERSON, LONG_FORM),
    post("/expert/erase", own_profile.erase, Action.EDIT_PERSON, LONG_FORM),
    get("/experts/import", csv_import.import_form, Action.INVITE_PERSON),
    post("/experts/import", csv_import.import_file, Action.INVITE_PERSON, csv_import.LARGEST),
    get("/experts-template.csv", csv_import.template_file, Action.INVITE_PERSON),
    get("/organisations", organisations.organisations_page, Action.INVITE_PERSON),
    post("/organisations", organisations.save_organisations, Action.INVITE_PERSON, LONG_FORM),
    get("/experts", directory.list_experts, Action.INVITE_PERSON),
    post("/experts/{id}/invite", directory.invite, Action.INVITE_PERSON),
    get("/experts/{id}/invite", directory.to_list, Action.INVITE_PERSON),
    get("/consent", directory.consent_form, Action.SIGN_IN),
    post("/consent", directory.consent, Action.SIGN_IN),
    get("/people", directory.people, Action.READ_PUBLIC),
)
