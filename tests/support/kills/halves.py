"""What would be half-done on record: a state without its history, a step without its audit row, a torn document."""

from pathlib import Path

from kb.accounts.store import audit_trail
from kb.store.database import open_database
from tests.support.kills import records

_AUDITED = """select kind, key, action, sum(n) from (
  select 'document' kind, cast(document as text) "key", 'document-' || field action, 1 n
    from document_changes where kind = 'state'
  union all select 'document', cast(document as text), 'document-stored', 1 from document_changes where kind = 'text'
  union all select 'document', cast(document as text), 'document-described', 1
    from (select distinct document, at from document_changes where kind = 'description')
  union all select 'document', cast(document as text), 'tag-' || verdict, 1 from tag_decisions
  union all select 'review', cast(id as text), 'reviewer-asked', 1 from reviews
  union all select 'review', cast(id as text), 'file-opened', 1 from reviews where opened is not null
  union all select 'review', cast(id as text), 'recommendation-given', 1 from reviews where recommendation is not null
  union all select 'review', cast(review as text), 'conflicts-declared', 1 from review_declarations
  union all select 'review', cast(review as text), 'passage-commented', 1 from review_comments
  union all select 'job', cast(id as text), 'file-sent', 1 from jobs
  union all select 'job', cast(id as text), 'job-cancelled', 1 from jobs where state = 'cancelled'
  union all select kind, "key", action, -1 from audit
    where kind in ('document', 'review', 'job') and action != 'job-retried'
) group by 1, 2, 3 having sum(n) != 0"""

# Each finds what must not be there.
_QUERIES = {
    "what was done is not once in the audit trail": _AUDITED,
    "the audit trail has gaps": "select max(id), count(*) from audit having max(id) != count(*)",
    "a document was not stored once, says its history": """select d.id from documents d
      left join document_changes c on c.document = d.id and c.kind = 'text' group by d.id having count(c.id) != 1""",
    "the state of a document is not what its history says": """select d.id, d.state from documents d
      where d.state != coalesce((select json_extract(c.after, '$') from document_changes c
        where c.document = d.id and c.kind = 'state' order by c.id desc limit 1), 'described')""",
    "a state does not follow the one before": """select * from (select document, id, json_extract(before, '$') began,
        lag(json_extract(after, '$'), 1, 'described') over (partition by document order by id) ended
      from document_changes where kind = 'state') where began != ended""",
    "the title of a document is not what its history says": """select d.id, d.title from documents d
      join (select document, max(id) last from document_changes where kind = 'description' and field = 'title'
        group by document) m on m.document = d.id join document_changes c on c.id = m.last
      where d.title != json_extract(c.after, '$')""",
    "the state of a tag is not what was decided": """select d.document, d.scheme, d.notation, d.verdict, t.state
      from tag_decisions d join (select max(id) id from tag_decisions group by document, passage, scheme, notation) m
        on m.id = d.id
      left join tags t on t.document = d.document and t.passage is null and d.passage is null
        and t.scheme = d.scheme and t.notation = d.notation
      where case d.verdict when 'withdrawn' then coalesce(t.state, 'suggested') != 'suggested'
        when 'rejected' then coalesce(t.state, '') != 'rejected'
        else coalesce(t.state, '') not in ('accepted', 'added') end""",
    "not all of three reviewers were asked": """select document, round, count(*) from reviews group by 1, 2
      having count(*) != 3""",
    "a recommendation is not whole": """select id from reviews
      where (recommendation is null) != (given is null) or (recommendation is null) != (letter = '')
        or (recommendation is not null and opened is null)""",
    "a comment came before the file was opened": """select c.id from review_comments c
      join reviews r on r.id = c.review where r.opened is null or c.at < r.opened""",
    "searchers were not told of a published document": """select id from documents
      where state = 'published' and revision = 0""",
    "a passage has no vectors": """select p.id from passages p left join vectors v on v.passage = p.id
      left join token_vectors t on t.passage = p.id where v.passage is null or t.passage is null""",
    "a document has no passages": "select id from documents where id not in (select document from passages)",
    "a document that was sent in has not one job": """select d.id, count(j.id) from documents d
      left join jobs j on j.document = d.id and j.outcome not in ('unchanged', 'duplicate')
      where d.owner is not null group by d.id having count(j.id) != 1""",
    "bytes are stored twice": """select digest, count(*) from documents where state != 'superseded'
      group by digest having count(*) > 1""",
    "a job ended without outcome": "select id from jobs where state in ('done', 'failed') and outcome = ''",
}


def half_done(home: Path) -> list[str]:
    """Whatever is half-done, torn or out of order in an instance."""
    faults = [f"{what}: {found[:5]}" for what, query in _QUERIES.items() if (found := records.rows(home, query))]
    digests = "select digest from documents union select digest from jobs where state in ('waiting', 'running')"
    faults += records.damaged(home, {str(row[0]) for row in records.rows(home, digests)} - {""})
    database = open_database(f"sqlite:///{home / 'kb.sqlite'}", home)
    problem = audit_trail.verify(database)
    database.close()
    return faults + ([f"the audit trail does not hold: {problem}"] if problem else [])
