"""The table of commands: the words of each, where it is defined, and in one line what it does."""

from kb.cli.command_group import CommandGroup, Entry

TABLE = (
    Entry("ingest", "ingest:ingest", "Read files and folders into the platform."),
    Entry("starter", "ingest:starter", "Load the starter corpus, once in the life of an instance."),
    Entry("search", "search:search", "Ranked passages; an empty QUERY lists what is published, newest first."),
    Entry("tag", "tag:tag", "Concepts of a text with scores and evidence; nothing is stored."),
    Entry("tag train", "tag_training:train", "Learn from what people decided about tags."),
    Entry("tag again", "tag_training:again", "What tagging every document again would change, for review."),
    Entry("eval", "", "Measure search, tags, matching or this instance."),
    Entry("eval search", "evaluate:search", "Retrieval measures on a BEIR folder."),
    Entry("eval tags", "evaluate:tags", "Tagging measures on Annif-style JSON lines."),
    Entry("eval quality", "evaluate:quality", "Measure this instance's own search, for the page /quality."),
    Entry("eval match", "evaluate:match", "Affinity of people to submissions on an OpenReview folder."),
    Entry("match", "match:match", "Experts for a text or a request, with what shows it, and who was left out."),
    Entry("match replay", "match_replay:replay", "Rank past requests again, and compare with what officers chose."),
    Entry("people", "", "Experts of the connection hub."),
    Entry("people import", "experts:import_file", "Read experts with their works in; invisible until they consent."),
    Entry("people template", "experts:print_template", "Print the table to fill in, as CSV."),
    Entry("people encode", "experts:encode", "Encode works again after the tagger or the encoder changed."),
    Entry("serve", "serve:serve", "Serve the web application, with a worker beside it."),
    Entry("worker", "worker:work", "Work on the files that people send in; 'kb serve' has one beside it."),
    Entry("remind", "notifications:remind", "Write the reminders that are due, each once."),
    Entry("index", "search:index", "The caches beside the database."),
    Entry("user", "", "Accounts."),
    Entry("user add", "accounts:add", "Make an account, and print the link to choose a password with."),
    Entry("user link", "accounts:link", "Print a new one-time link for an account."),
    Entry("user list", "accounts:list_all", "All accounts."),
    Entry("user role", "accounts:give_roles", "Give an account these roles, instead of those it has."),
    Entry("user disable", "accounts:disable", "Let an account in no more."),
    Entry("user enable", "accounts:enable", "Let a disabled account in again."),
    Entry("audit", "", "The trail of who did what."),
    Entry("audit verify", "audit:verify", "Whether the audit trail holds, else the first row that does not."),
    Entry("audit show", "audit:show", "Rows of the trail, all or of one object."),
    Entry("settings", "operations:settings", "Every setting, its value and where it came from."),
    Entry("doctor", "operations:doctor", "What is wrong with this instance, and the command that mends it."),
    Entry("backup", "operations:backup", "Write a backup into a new folder, while the instance is in use."),
    Entry("restore", "operations:restore", "Put a backup into an empty home (KB_HOME)."),
)  # fmt: skip


def command_line() -> CommandGroup:
    """The whole of `kb`."""
    return CommandGroup(TABLE, summary="Knowledge platform for the Global Compact for Migration.")
