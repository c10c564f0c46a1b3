CREATE SCHEMA offpeak;

CREATE TABLE offpeak.attempts (
    run_id text NOT NULL,
    batch_n bigint NOT NULL,
    n bigint NOT NULL,
    nonce text NOT NULL,
    state text NOT NULL,
    reason text,
    created_at bigint NOT NULL,
    reserved_micro_usd bigint DEFAULT 0 NOT NULL,
    reserved_tokens bigint DEFAULT 0 NOT NULL,
    possibly_paid_micro_usd bigint DEFAULT 0 NOT NULL,
    holds_tokens bigint DEFAULT 0 NOT NULL,
    quota_key text,
    budget_keys text DEFAULT '[]'::text NOT NULL,
    filename text,
    file_id text,
    tried_at bigint,
    lookups bigint DEFAULT 0 NOT NULL,
    fenced_at bigint,
    provider_batch_id text,
    expires_at bigint,
    remote_total bigint DEFAULT 0 NOT NULL,
    remote_completed bigint DEFAULT 0 NOT NULL,
    remote_failed bigint DEFAULT 0 NOT NULL,
    output_file_id text,
    error_file_id text,
    output_bytes bigint,
    error_bytes bigint,
    collected_at bigint,
    merged_bytes bigint DEFAULT 0 NOT NULL,
    remote_deleted bigint DEFAULT 0 NOT NULL,
    tracked text,
    epoch bigint DEFAULT 0 NOT NULL,
    holder text,
    lease_until bigint DEFAULT 0 NOT NULL,
    next_at bigint,
    id bigint NOT NULL,
    account text,
    remote_usage text,
    ending text,
    errors text,
    fetches bigint DEFAULT 0 NOT NULL,
    accepted_at bigint,
    waits_for text,
    waiting_since bigint,
    wait_tries bigint DEFAULT 0 NOT NULL,
    wait_words text,
    id_tag text,
    provider text,
    simulated bigint DEFAULT 0 NOT NULL
);

ALTER TABLE offpeak.attempts ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME offpeak.attempts_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE offpeak.batches (
    run_id text NOT NULL,
    n bigint NOT NULL,
    round bigint NOT NULL,
    lane text NOT NULL,
    tag text NOT NULL,
    bytes bigint NOT NULL,
    requests bigint NOT NULL,
    records bigint DEFAULT 0 NOT NULL,
    mark text,
    max_tokens bigint NOT NULL,
    max_cost_micro_usd bigint NOT NULL,
    exact bigint DEFAULT 0 NOT NULL,
    counts text DEFAULT '{}'::text NOT NULL,
    usage text DEFAULT '{}'::text NOT NULL,
    accounting text DEFAULT '{}'::text NOT NULL
);

CREATE TABLE offpeak.budgets (
    cap_micro_usd bigint,
    reserved_micro_usd bigint DEFAULT 0 NOT NULL,
    spent_micro_usd bigint DEFAULT 0 NOT NULL,
    key text NOT NULL
);

CREATE TABLE offpeak.deliveries (
    "position" bigint NOT NULL,
    tries bigint DEFAULT 0 NOT NULL,
    epoch bigint DEFAULT 0 NOT NULL,
    holder text,
    lease_until bigint DEFAULT 0 NOT NULL,
    next_at bigint DEFAULT 0 NOT NULL,
    endpoint text NOT NULL
);

CREATE TABLE offpeak.done (
    job text NOT NULL,
    key text NOT NULL,
    fingerprint text NOT NULL,
    run_id text NOT NULL,
    seq bigint,
    part_of text,
    at bigint NOT NULL
);

CREATE TABLE offpeak.events (
    run_id text NOT NULL,
    at bigint NOT NULL,
    kind text NOT NULL,
    data text NOT NULL,
    id bigint NOT NULL
);

ALTER TABLE offpeak.events ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME offpeak.events_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE offpeak.intents (
    job text NOT NULL,
    number bigint NOT NULL,
    input_hash text NOT NULL,
    fate text NOT NULL,
    taken_by bigint,
    intent text NOT NULL,
    nonce text NOT NULL
);

CREATE TABLE offpeak.keys (
    name text NOT NULL,
    secret_hash text NOT NULL,
    scope text NOT NULL,
    jobs text,
    budget_micro_usd bigint,
    created_at bigint NOT NULL,
    expires_at bigint,
    revoked_at bigint,
    last_used_at bigint,
    id text NOT NULL
);

CREATE TABLE offpeak.kysely_migration (
    name character varying(255) NOT NULL,
    "timestamp" character varying(255) NOT NULL
);

CREATE TABLE offpeak.kysely_migration_lock (
    id character varying(255) NOT NULL,
    is_locked integer DEFAULT 0 NOT NULL
);

CREATE TABLE offpeak.ledger (
    attempt_id bigint NOT NULL,
    kind text NOT NULL,
    run_id text NOT NULL,
    job text NOT NULL,
    amount_micro_usd bigint NOT NULL,
    at bigint NOT NULL,
    note text
);

CREATE TABLE offpeak.meta (
    value text NOT NULL,
    key text NOT NULL
);

CREATE TABLE offpeak.past_tries (
    run_id text NOT NULL,
    seq bigint NOT NULL,
    n bigint NOT NULL,
    batch_n bigint,
    attempt_id bigint,
    line bigint,
    outcome text NOT NULL,
    reason text,
    answer_file text,
    answer_offset bigint,
    answer_length bigint,
    input_tokens bigint,
    output_tokens bigint,
    cost_pico_usd bigint,
    file_tag text,
    file_offset bigint,
    file_length bigint,
    row_offset bigint,
    row_length bigint,
    score_permille bigint
);

CREATE TABLE offpeak.plans (
    job text NOT NULL,
    selection text NOT NULL,
    plan text NOT NULL,
    created_at bigint NOT NULL,
    id text NOT NULL
);

CREATE TABLE offpeak.preferences (
    a text NOT NULL,
    b text NOT NULL,
    key text NOT NULL,
    preference text NOT NULL,
    at bigint NOT NULL
);

CREATE TABLE offpeak.quotas (
    limit_tokens bigint,
    used_tokens bigint DEFAULT 0 NOT NULL,
    not_before bigint DEFAULT 0 NOT NULL,
    key text NOT NULL
);

CREATE TABLE offpeak.repeats (
    request_hash text NOT NULL,
    at bigint NOT NULL,
    status bigint,
    body text,
    key text NOT NULL
);

CREATE TABLE offpeak.requests (
    run_id text NOT NULL,
    seq bigint NOT NULL,
    key text NOT NULL COLLATE pg_catalog."C",
    fingerprint text NOT NULL,
    row_hash text NOT NULL,
    batch_n bigint,
    line bigint,
    file_tag text,
    file_offset bigint,
    file_length bigint,
    row_offset bigint,
    row_length bigint,
    outcome text NOT NULL,
    reason text,
    tries bigint DEFAULT 0 NOT NULL,
    blameless bigint DEFAULT 0 NOT NULL,
    again bigint DEFAULT 0 NOT NULL,
    again_lane text,
    folded_into bigint,
    folds bigint DEFAULT 0 NOT NULL,
    part_of text,
    part_index bigint,
    parts bigint,
    joined bigint DEFAULT 0 NOT NULL,
    attempt_id bigint,
    answer_file text,
    answer_offset bigint,
    answer_length bigint,
    input_tokens bigint,
    output_tokens bigint,
    cost_pico_usd bigint,
    score_permille bigint,
    troubled bigint GENERATED ALWAYS AS (
CASE
    WHEN (outcome = ANY (ARRAY['merged'::text, 'pending'::text])) THEN 0
    ELSE 1
END) STORED,
    standing_try bigint
)
WITH (fillfactor='80');

CREATE TABLE offpeak.runs (
    job text NOT NULL,
    live_key text,
    state text NOT NULL,
    pause_kind text,
    pause_reason text,
    pause_short_micro_usd bigint,
    hold bigint DEFAULT 0 NOT NULL,
    spec text NOT NULL,
    created_at bigint NOT NULL,
    finished_at bigint,
    files_removed bigint DEFAULT 0 NOT NULL,
    source_cursor text,
    source_done bigint DEFAULT 0 NOT NULL,
    source_mark text,
    next_seq bigint DEFAULT 0 NOT NULL,
    next_batch bigint DEFAULT 0 NOT NULL,
    round bigint DEFAULT 0 NOT NULL,
    fallback_rows bigint DEFAULT 0 NOT NULL,
    selected bigint DEFAULT 0 NOT NULL,
    unchanged bigint DEFAULT 0 NOT NULL,
    folded bigint DEFAULT 0 NOT NULL,
    unsent text DEFAULT '{}'::text NOT NULL,
    plan text,
    epoch bigint DEFAULT 0 NOT NULL,
    holder text,
    lease_until bigint DEFAULT 0 NOT NULL,
    next_at bigint,
    id text NOT NULL,
    waits_for text,
    waiting_since bigint,
    wait_tries bigint DEFAULT 0 NOT NULL,
    wait_words text,
    provider text,
    account text,
    simulated bigint DEFAULT 0 NOT NULL,
    may_send text DEFAULT 'all'::text NOT NULL,
    trial bigint DEFAULT 0 NOT NULL
);

CREATE TABLE offpeak.sessions (
    caller text NOT NULL,
    mark text NOT NULL,
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    id text NOT NULL
);

CREATE TABLE offpeak.sink_rows (
    job text NOT NULL,
    sink text NOT NULL,
    simulated bigint NOT NULL,
    name text NOT NULL,
    key text NOT NULL,
    run_id text NOT NULL,
    at bigint NOT NULL
);

CREATE TABLE offpeak.verdicts (
    run_id text NOT NULL,
    seq bigint NOT NULL,
    key text NOT NULL,
    verdict text,
    reason text,
    by text NOT NULL,
    at bigint NOT NULL,
    attempt_id bigint,
    was text NOT NULL,
    was_reason text,
    overruled bigint DEFAULT 0 NOT NULL,
    patch text
);

INSERT INTO offpeak.attempts OVERRIDING SYSTEM VALUE VALUES
	('2ae2f0', 2, 1, '415321d1faa7ec8a', 'waiting', NULL, 1768464000000, 0, 0, 0, 0, NULL, '[]', NULL, NULL, NULL, 0, NULL, NULL, NULL, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, 0, NULL, 0, 1768464000000, 3, NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, 'openai', 0),
	('2ae2f0', 0, 1, 'c509a1e728f01989', 'collected', NULL, 1768464000000, 75, 200, 0, 0, 'openai/gpt-4o-mini', '["run:2ae2f0","day:titles:2026-01-15"]', 'offpeak-fixture1-2ae2f0-0-a1-c509a1e728f01989.jsonl', 'file-0001', 1768464002000, 0, NULL, 'batch_0002', 1768550402000, 4, 4, 0, 'file-0005', NULL, 1728, 0, 1768464604000, 864, 0, NULL, 3, NULL, 0, 1768464605000, 1, '127.0.0.1:42877/486a03892752', NULL, 'completed', NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, 'openai', 0),
	('2ae2f0', 1, 1, '934d45eaaa2ae466', 'in_progress', NULL, 1768464000000, 75, 200, 0, 1, 'openai/gpt-4o-mini', '["run:2ae2f0","day:titles:2026-01-15"]', 'offpeak-fixture1-2ae2f0-1-a1-934d45eaaa2ae466.jsonl', 'file-0003', 1768464004000, 0, NULL, 'batch_0004', 1768550404000, 4, 0, 0, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, 2, NULL, 0, 1768464606050, 2, '127.0.0.1:42877/486a03892752', NULL, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, 'openai', 0),
	('04b708', 4, 1, 'bcda9263513194ad', 'waiting', NULL, 1768464667000, 0, 0, 0, 0, NULL, '[]', NULL, NULL, NULL, 0, NULL, NULL, NULL, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, 0, NULL, 0, 1768464667000, 8, NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, 'openai', 0),
	('04b708', 0, 1, '8309cf5528f22933', 'creating', NULL, 1768464667000, 80, 700, 0, 1, 'openai/gpt-4o-mini', '["run:04b708","day:headnotes:2026-01-15"]', 'offpeak-fixture1-04b708-0-a1-8309cf5528f22933.jsonl', 'file-of-4', 1768464671000, 0, NULL, NULL, NULL, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, 4, NULL, 0, 1768464701000, 4, NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, 'openai', 0),
	('04b708', 1, 1, 'c3be10cf3746ba75', 'uploaded', NULL, 1768464667000, 40, 350, 0, 1, 'openai/gpt-4o-mini', '["run:04b708","day:headnotes:2026-01-15"]', 'offpeak-fixture1-04b708-1-a1-c3be10cf3746ba75.jsonl', 'file-of-5', NULL, 0, NULL, NULL, NULL, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, 3, NULL, 0, 1768464704000, 5, NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, 'openai', 0),
	('04b708', 3, 1, 'ea4d90b90c871928', 'reserved', NULL, 1768464667000, 40, 350, 0, 1, 'openai/gpt-4o-mini', '["run:04b708","day:headnotes:2026-01-15"]', 'offpeak-fixture1-04b708-3-a1-ea4d90b90c871928.jsonl', NULL, NULL, 0, NULL, NULL, NULL, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, 2, 'fixture/0-0/2', 1768464767000, 1768464767000, 7, NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, 'openai', 0),
	('04b708', 2, 1, 'b72cd8bc8de057b0', 'uploading', NULL, 1768464667000, 40, 350, 0, 1, 'openai/gpt-4o-mini', '["run:04b708","day:headnotes:2026-01-15"]', 'offpeak-fixture1-04b708-2-a1-b72cd8bc8de057b0.jsonl', NULL, NULL, 0, NULL, NULL, NULL, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, 2, NULL, 0, 1768464706000, 6, NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, 'openai', 0),
	('a62f68', 0, 1, '9a19058762c3039c', 'created', NULL, 1768464738000, 80, 700, 0, 1, 'openai/gpt-4o-mini', '["run:a62f68","shared:night","day:summaries:2026-01-15"]', 'offpeak-fixture1-a62f68-0-a1-9a19058762c3039c.jsonl', 'file-of-9', 1768464742000, 0, NULL, 'batch_of_9', 1768551143000, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, 5, NULL, 0, 1768464773000, 9, 'api.example/1', NULL, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, 'openai', 0),
	('a62f68', 1, 1, '2e5076a2edca64e9', 'validating', NULL, 1768464738000, 40, 350, 0, 1, 'openai/gpt-4o-mini', '["run:a62f68","shared:night","day:summaries:2026-01-15"]', 'offpeak-fixture1-a62f68-1-a1-2e5076a2edca64e9.jsonl', 'file-of-10', 1768464747000, 0, NULL, 'batch_of_10', 1768551148000, 1, 0, 0, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, 6, NULL, 0, 1768464779000, 10, 'api.example/1', NULL, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, 'openai', 0),
	('a62f68', 2, 1, 'e6b4037531d396f4', 'in_progress', NULL, 1768464738000, 80, 700, 0, 1, 'openai/gpt-4o-mini', '["run:a62f68","shared:night","day:summaries:2026-01-15"]', 'offpeak-fixture1-a62f68-2-a1-e6b4037531d396f4.jsonl', 'file-of-11', 1768464753000, 0, NULL, 'batch_of_11', 1768551154000, 2, 1, 0, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, 6, NULL, 0, 1768464785000, 11, 'api.example/1', NULL, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, 'openai', 0),
	('a62f68', 3, 1, '1f71da1f64290f39', 'finalizing', NULL, 1768464738000, 40, 350, 0, 1, 'openai/gpt-4o-mini', '["run:a62f68","shared:night","day:summaries:2026-01-15"]', 'offpeak-fixture1-a62f68-3-a1-1f71da1f64290f39.jsonl', 'file-of-12', 1768464759000, 0, NULL, 'batch_of_12', 1768551160000, 1, 1, 0, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, 6, NULL, 0, 1768464791000, 12, 'api.example/1', NULL, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, 'openai', 0),
	('a62f68', 4, 1, '3f6fcf14057a6345', 'completed', NULL, 1768464738000, 40, 350, 0, 0, 'openai/gpt-4o-mini', '["run:a62f68","shared:night","day:summaries:2026-01-15"]', 'offpeak-fixture1-a62f68-4-a1-3f6fcf14057a6345.jsonl', 'file-of-13', 1768464765000, 0, NULL, 'batch_of_13', 1768551166000, 1, 1, 0, 'file-of-13-output', NULL, NULL, NULL, NULL, 0, 0, NULL, 8, NULL, 0, 1768464799000, 13, 'api.example/1', NULL, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, 'openai', 0),
	('a62f68', 5, 1, '2f59dc550549d54c', 'failed', '[{"code":"invalid_json_line","message":"Line 1 is not JSON","line":1}]', 1768464738000, 40, 350, 0, 0, 'openai/gpt-4o-mini', '["run:a62f68","shared:night","day:summaries:2026-01-15"]', 'offpeak-fixture1-a62f68-5-a1-2f59dc550549d54c.jsonl', 'file-of-14', 1768464773000, 0, NULL, 'batch_of_14', 1768551174000, 1, 0, 0, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, 8, NULL, 0, 1768464807000, 14, 'api.example/1', NULL, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, 'openai', 0),
	('a62f68', 6, 1, 'efc10e3074021c5a', 'expired', NULL, 1768464738000, 80, 700, 0, 0, 'openai/gpt-4o-mini', '["run:a62f68","shared:night","day:summaries:2026-01-15"]', 'offpeak-fixture1-a62f68-6-a1-efc10e3074021c5a.jsonl', 'file-of-15', 1768464781000, 0, NULL, 'batch_of_15', 1768551182000, 2, 1, 0, 'file-of-15-output', NULL, NULL, NULL, NULL, 0, 0, NULL, 8, NULL, 0, 1768464815000, 15, 'api.example/1', NULL, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, 'openai', 0),
	('a62f68', 7, 1, '5f96c022dc2575c1', 'lost', 'the provider no longer knows the batch', 1768464738000, 40, 350, 0, 0, 'openai/gpt-4o-mini', '["run:a62f68","shared:night","day:summaries:2026-01-15"]', 'offpeak-fixture1-a62f68-7-a1-5f96c022dc2575c1.jsonl', 'file-of-16', 1768464789000, 0, NULL, 'batch_of_16', 1768551190000, 1, 0, 0, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, 8, NULL, 0, 1768464823000, 16, 'api.example/1', NULL, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, 'openai', 0),
	('2dcb36', 1, 1, '7c41625a16c9c002', 'fenced', 'the answer to the create was lost: socket hang up', 1768464854000, 80, 700, 0, 1, 'openai/gpt-4o-mini', '["run:2dcb36","key:ops","day:topics:2026-01-15"]', 'offpeak-fixture1-2dcb36-1-a1-7c41625a16c9c002.jsonl', 'file-of-18', 1768464864000, 0, 1768464866000, NULL, NULL, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, 7, NULL, 0, NULL, 18, NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, 'openai', 0),
	('2dcb36', 0, 1, '4607357780b0ef0b', 'in_doubt', 'the answer to the create was lost: socket hang up', 1768464854000, 80, 700, 0, 1, 'openai/gpt-4o-mini', '["run:2dcb36","key:ops","day:topics:2026-01-15"]', 'offpeak-fixture1-2dcb36-0-a1-4607357780b0ef0b.jsonl', 'file-of-17', 1768464858000, 2, NULL, NULL, NULL, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, 6, NULL, 0, 1768464890000, 17, NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, 'openai', 0),
	('2dcb36', 1, 2, '241444bcc3e368dc', 'waiting', NULL, 1768464867000, 0, 0, 0, 0, NULL, '[]', NULL, NULL, NULL, 0, NULL, NULL, NULL, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, 0, NULL, 0, 1768464867000, 20, NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, 'openai', 0),
	('2dcb36', 2, 1, '5240a704c9c78a08', 'fenced', 'the answer to the create was lost: socket hang up', 1768464854000, 80, 700, 0, 1, 'openai/gpt-4o-mini', '["run:2dcb36","key:ops","day:topics:2026-01-15"]', 'offpeak-fixture1-2dcb36-2-a1-5240a704c9c78a08.jsonl', 'file-of-19', 1768464871000, 0, 1768464873000, NULL, NULL, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, 7, NULL, 0, NULL, 19, NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, 'openai', 0),
	('2dcb36', 2, 2, '58e2032c3e4ce36d', 'in_progress', NULL, 1768464874000, 80, 700, 0, 1, 'openai/gpt-4o-mini', '["run:2dcb36","key:ops","day:topics:2026-01-15"]', 'offpeak-fixture1-2dcb36-2-a2-58e2032c3e4ce36d.jsonl', 'file-of-21', 1768464878000, 0, NULL, 'batch_of_21', 1768551279000, 2, 0, 0, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, 6, NULL, 0, 1768464910000, 21, 'api.example/1', NULL, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, 'openai', 0),
	('460fb7', 0, 1, '14b9a46bf3d90b8f', 'cancelling', NULL, 1768464941000, 80, 700, 0, 1, 'openai/gpt-4o-mini', '["run:460fb7","day:tags:2026-01-15"]', 'offpeak-fixture1-460fb7-0-a1-14b9a46bf3d90b8f.jsonl', 'file-of-22', 1768464945000, 0, NULL, 'batch_of_22', 1768551346000, 2, 1, 0, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, 6, NULL, 0, 1768464977000, 22, 'api.example/1', NULL, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, 'openai', 0),
	('460fb7', 1, 1, '47691bc77f0b935b', 'cancelled', NULL, 1768464941000, 80, 700, 0, 0, 'openai/gpt-4o-mini', '["run:460fb7","day:tags:2026-01-15"]', 'offpeak-fixture1-460fb7-1-a1-47691bc77f0b935b.jsonl', 'file-of-23', 1768464951000, 0, NULL, 'batch_of_23', 1768551352000, 2, 1, 0, 'file-of-23-output', NULL, NULL, NULL, NULL, 0, 0, NULL, 8, NULL, 0, 1768464985000, 23, 'api.example/1', NULL, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, 'openai', 0),
	('460fb7', 2, 1, 'd6ec0a3a106fac5c', 'void', 'cancelled before it was sent', 1768464941000, 0, 0, 0, 0, NULL, '[]', NULL, NULL, NULL, 0, NULL, NULL, NULL, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, 1, NULL, 0, NULL, 24, NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, 'openai', 0),
	('e20cb1', 0, 1, '813c260714c55952', 'in_progress', NULL, 1768465082000, 80, 700, 0, 1, 'openai/gpt-4o-mini', '["run:e20cb1","day:reviews:2026-01-15"]', 'offpeak-fixture1-e20cb1-0-a1-813c260714c55952.jsonl', 'file-of-26', 1768465086000, 0, NULL, 'batch_of_26', 1768551487000, 2, 1, 0, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, 6, NULL, 0, 1768465118000, 26, 'api.example/1', NULL, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, 'openai', 0),
	('0e002b', 0, 1, '96730a29a1223835', 'asking', 'one call without an answer', 1768465017000, 120, 0, 40, 1, 'openai/gpt-4o-mini', '["run:0e002b","day:labels:2026-01-15"]', 'offpeak-fixture1-0e002b-0-a1-96730a29a1223835.jsonl', NULL, NULL, 0, NULL, NULL, NULL, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, 3, NULL, 0, 1768465050000, 25, NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, 'openai', 0),
	('d6c13b', 0, 2, '552b471af2ce072c', 'waiting', NULL, 1768465155000, 0, 0, 0, 0, NULL, '[]', NULL, NULL, NULL, 0, NULL, NULL, NULL, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, 0, NULL, 0, 1768465160000, 28, NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, 'openai', 0),
	('d6c13b', 0, 1, '5110d2ee956780ef', 'void', 'billing_hard_limit_reached', 1768465150000, 80, 700, 0, 0, 'openai/gpt-4o-mini', '["run:d6c13b","day:translations:2026-01-15"]', 'offpeak-fixture1-d6c13b-0-a1-5110d2ee956780ef.jsonl', 'file-of-27', NULL, 0, NULL, NULL, NULL, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, 4, NULL, 0, NULL, 27, NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, 'openai', 0),
	('a75211', 0, 1, '1909490895afae75', 'collected', 'completed', 1768465216000, 160, 1400, 0, 0, 'openai/gpt-4o-mini', '["run:a75211","day:products:2026-01-15"]', 'offpeak-fixture1-a75211-0-a1-1909490895afae75.jsonl', 'file-of-29', 1768465220000, 0, NULL, 'batch_of_29', 1768551621000, 4, 0, 0, 'file-of-29-output', NULL, 4000, NULL, 1768465224000, 800, 0, NULL, 10, NULL, 0, 1768465256000, 29, 'api.example/1', NULL, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, 'openai', 0),
	('b4bfdd', 0, 1, 'e62d018f61dbdefa', 'waiting', NULL, 1768465288000, 0, 0, 0, 0, NULL, '[]', NULL, NULL, NULL, 0, NULL, NULL, NULL, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, 0, NULL, 0, 1768465288000, 30, NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, 'openai', 0),
	('b4bfdd', 1, 1, '91665a92874905d1', 'waiting', NULL, 1768465288000, 0, 0, 0, 0, NULL, '[]', NULL, NULL, NULL, 0, NULL, NULL, NULL, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, 0, NULL, 0, 1768465288000, 31, NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, 'openai', 0),
	('fa5dda', 1, 1, '5f2ae43d7013dd7b', 'waiting', NULL, 1768465350000, 0, 0, 0, 0, NULL, '[]', NULL, NULL, NULL, 0, NULL, NULL, NULL, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, 0, NULL, 0, 1768465350000, 33, NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, 'openai', 0),
	('fa5dda', 0, 1, '9d0cd6884381d6ae', 'in_progress', NULL, 1768465350000, 80, 700, 0, 1, 'openai/gpt-4o-mini', '["run:fa5dda","day:embeddings:2026-01-15"]', 'offpeak-fixture1-fa5dda-0-a1-9d0cd6884381d6ae.jsonl', 'file-of-32', 1768465354000, 0, NULL, 'batch_of_32', 1768551755000, 2, 0, 0, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, 6, NULL, 0, 1768465386000, 32, 'api.example/1', NULL, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, 'openai', 0),
	('b7346c', 0, 1, '6cd6e1f3384f7571', 'in_progress', NULL, 1768465418000, 80, 700, 0, 1, 'openai/gpt-4o-mini', '["run:b7346c","day:letters:2026-01-15"]', 'offpeak-fixture1-b7346c-0-a1-6cd6e1f3384f7571.jsonl', 'file-of-34', 1768465422000, 0, NULL, 'batch_of_34', 1768551823000, 2, 0, 0, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, 6, NULL, 0, 1768465454000, 34, 'api.example/1', NULL, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, 'openai', 0),
	('822a3b', 0, 1, '16839d4d834a78c1', 'in_progress', NULL, 1768465486000, 80, 700, 0, 1, 'openai/gpt-4o-mini', '["run:822a3b","day:minutes:2026-01-15"]', 'offpeak-fixture1-822a3b-0-a1-16839d4d834a78c1.jsonl', 'file-of-35', 1768465490000, 0, NULL, 'batch_of_35', 1768551891000, 2, 0, 0, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, 6, NULL, 0, 1768465522000, 35, 'api.example/1', NULL, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, 'openai', 0),
	('5f8b2a', 1, 1, '8116b90702d910fb', 'waiting', NULL, 1768465554000, 0, 0, 0, 0, NULL, '[]', NULL, NULL, NULL, 0, NULL, NULL, NULL, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, 0, NULL, 0, 1768465554000, 37, NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, 'openai', 0),
	('5f8b2a', 0, 1, 'f024d1eea29d2083', 'uploaded', NULL, 1768465554000, 40, 350, 0, 1, 'openai/gpt-4o-mini', '["run:5f8b2a","day:notices:2026-01-15"]', 'offpeak-fixture1-5f8b2a-0-a1-f024d1eea29d2083.jsonl', 'file-of-36', NULL, 0, NULL, NULL, NULL, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, 3, NULL, 0, 1768465587000, 36, NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, 'openai', 0),
	('759c5a', 0, 1, '9e6224a34417db64', 'merged', 'expired', 1768465619000, 680, 5950, 0, 0, 'openai/gpt-4o-mini', '["run:759c5a","day:digests:2026-01-15"]', 'offpeak-fixture1-759c5a-0-a1-9e6224a34417db64.jsonl', 'file-of-38', 1768465623000, 0, NULL, 'batch_of_38', 1768552024000, 17, 0, 0, 'file-of-38-output', NULL, 4000, NULL, 1768465627000, 4400, 1, NULL, 11, NULL, 0, NULL, 38, 'api.example/1', NULL, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, 'openai', 0),
	('759c5a', 1, 1, '2934f81501abf299', 'merged', 'lost', 1768465619000, 80, 700, 0, 0, 'openai/gpt-4o-mini', '["run:759c5a","day:digests:2026-01-15"]', 'offpeak-fixture1-759c5a-1-a1-2934f81501abf299.jsonl', 'file-of-39', 1768465634000, 0, NULL, 'batch_of_39', 1768552035000, 2, 0, 0, NULL, NULL, 0, NULL, 1768465638000, 0, 1, NULL, 11, NULL, 0, NULL, 39, 'api.example/1', NULL, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, 'openai', 0),
	('759c5a', 2, 1, 'c4cadab29bb149ff', 'merged', 'completed', 1768465642000, 80, 700, 0, 0, 'openai/gpt-4o-mini', '["run:759c5a","day:digests:2026-01-15"]', 'offpeak-fixture1-759c5a-2-a1-c4cadab29bb149ff.jsonl', 'file-of-40', 1768465646000, 0, NULL, 'batch_of_40', 1768552047000, 2, 0, 0, 'file-of-40-output', NULL, 4000, NULL, 1768465650000, 400, 1, NULL, 11, NULL, 0, NULL, 40, 'api.example/1', NULL, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, 'openai', 0),
	('369464', 0, 1, '5a8b78cfe96a9e56', 'merged', 'completed', 1768465715000, 120, 0, 0, 0, 'openai/gpt-4o-mini', '["run:369464","day:answers:2026-01-15"]', 'offpeak-fixture1-369464-0-a1-5a8b78cfe96a9e56.jsonl', NULL, NULL, 0, NULL, NULL, NULL, 0, 0, 0, NULL, NULL, 1200, NULL, 1768465718000, 800, 1, NULL, 6, NULL, 0, NULL, 41, NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, 'openai', 0),
	('995965', 0, 1, '373943e9b9a735ba', 'merged', 'completed', 1768465783000, 80, 700, 0, 0, 'openai/gpt-4o-mini', '["run:995965","day:lessons:2026-01-15"]', 'offpeak-fixture1-995965-0-a1-373943e9b9a735ba.jsonl', 'file-of-42', 1768465787000, 0, NULL, 'batch_of_42', 1768552188000, 2, 0, 0, 'file-of-42-output', NULL, 4000, NULL, 1768465791000, 800, 1, NULL, 11, NULL, 0, NULL, 42, 'api.example/1', NULL, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, 'openai', 0),
	('995965', 1, 1, 'dbca9babd2aa4cac', 'collected', 'completed', 1768465783000, 80, 700, 0, 0, 'openai/gpt-4o-mini', '["run:995965","day:lessons:2026-01-15"]', 'offpeak-fixture1-995965-1-a1-dbca9babd2aa4cac.jsonl', 'file-of-43', 1768465799000, 0, NULL, 'batch_of_43', 1768552200000, 2, 0, 0, 'file-of-43-output', NULL, 4000, NULL, 1768465803000, 400, 0, NULL, 10, NULL, 0, 1768465835000, 43, 'api.example/1', NULL, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, 'openai', 0),
	('2d941a', 0, 1, '0257f1c33bb4bc3a', 'merged', 'cancelled', 1768465866000, 80, 700, 0, 0, 'openai/gpt-4o-mini', '["run:2d941a","day:outlines:2026-01-15"]', 'offpeak-fixture1-2d941a-0-a1-0257f1c33bb4bc3a.jsonl', 'file-of-44', 1768465870000, 0, NULL, 'batch_of_44', 1768552271000, 2, 0, 0, 'file-of-44-output', NULL, 4000, NULL, 1768465874000, 400, 1, NULL, 11, NULL, 0, NULL, 44, 'api.example/1', NULL, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, 'openai', 0),
	('2d941a', 1, 1, 'e4b93ad9729dbb16', 'void', 'cancelled before it was sent', 1768465866000, 0, 0, 0, 0, NULL, '[]', NULL, NULL, NULL, 0, NULL, NULL, NULL, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, 1, NULL, 0, NULL, 45, NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, 'openai', 0),
	('8bce9d', 0, 1, '8d848f5a96d2a5bd', 'merged', 'completed', 1768465940000, 0, 0, 0, 0, NULL, '[]', NULL, NULL, NULL, 0, NULL, NULL, NULL, 0, 0, 0, NULL, NULL, 800, NULL, 1768465940000, 800, 1, NULL, 3, NULL, 0, NULL, 46, NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, 'openai', 0);

INSERT INTO offpeak.batches VALUES
	('2ae2f0', 2, 0, 'batch', '2ae2f0e4f95018d3', 1783, 4, 4, '953:1768464000000000000', 1431, 168, 0, '{}', '{}', '{}'),
	('369464', 0, 0, 'realtime', '3694640bc6d79b3c', 900, 3, 3, NULL, 1050, 120, 0, '{"merged":2,"unsure":1}', '{"inputTokens":80,"cachedTokens":0,"outputTokens":20,"costPicoUsd":12000000}', '{"lines":2,"applied":2}'),
	('2ae2f0', 1, 0, 'batch', '2ae2f0902354f921', 1780, 4, 4, '953:1768464000000000000', 200, 75, 1, '{}', '{}', '{}'),
	('2ae2f0', 0, 0, 'batch', '2ae2f0b743cbe1bb', 1779, 4, 4, '953:1768464000000000000', 200, 75, 1, '{"merged":2}', '{"costPicoUsd":12000000,"inputTokens":80,"cachedTokens":0,"outputTokens":20,"realtimePicoUsd":24000000,"readTokens":100}', '{"lines":2,"applied":2}'),
	('04b708', 0, 0, 'batch', '04b7080b46cec298', 600, 2, 2, NULL, 700, 80, 0, '{}', '{}', '{}'),
	('04b708', 1, 0, 'batch', '04b708441f5c9f37', 300, 1, 1, NULL, 350, 40, 0, '{}', '{}', '{}'),
	('04b708', 2, 0, 'batch', '04b7080613a51eb1', 300, 1, 1, NULL, 350, 40, 0, '{}', '{}', '{}'),
	('04b708', 3, 0, 'batch', '04b708da655db081', 300, 1, 1, NULL, 350, 40, 0, '{}', '{}', '{}'),
	('04b708', 4, 0, 'batch', '04b708f85c3ab09e', 300, 1, 1, NULL, 350, 40, 0, '{}', '{}', '{}'),
	('a62f68', 0, 0, 'batch', 'a62f68e824f88121', 600, 2, 3, NULL, 700, 80, 0, '{}', '{}', '{}'),
	('a62f68', 1, 0, 'batch', 'a62f6814da1400a2', 300, 1, 1, NULL, 350, 40, 0, '{}', '{}', '{}'),
	('a62f68', 2, 0, 'batch', 'a62f68dbba80295d', 600, 2, 2, NULL, 700, 80, 0, '{}', '{}', '{}'),
	('a62f68', 3, 0, 'batch', 'a62f68ad2e6cb6ff', 300, 1, 1, NULL, 350, 40, 0, '{}', '{}', '{}'),
	('a62f68', 4, 0, 'batch', 'a62f681cc3ae7c02', 300, 1, 1, NULL, 350, 40, 0, '{}', '{}', '{}'),
	('a62f68', 5, 0, 'batch', 'a62f68a7fd8c0d15', 300, 1, 1, NULL, 350, 40, 0, '{}', '{}', '{}'),
	('a62f68', 6, 0, 'batch', 'a62f68f1681ad880', 600, 2, 2, NULL, 700, 80, 0, '{}', '{}', '{}'),
	('a62f68', 7, 0, 'batch', 'a62f68020b519a30', 300, 1, 1, NULL, 350, 40, 0, '{}', '{}', '{}'),
	('2dcb36', 0, 0, 'batch', '2dcb363852ac9e20', 600, 2, 2, NULL, 700, 80, 0, '{}', '{}', '{}'),
	('2dcb36', 1, 0, 'batch', '2dcb36cd041d6b80', 600, 2, 2, NULL, 700, 80, 0, '{}', '{}', '{}'),
	('2dcb36', 2, 0, 'batch', '2dcb3686d9832caf', 600, 2, 2, NULL, 700, 80, 0, '{}', '{}', '{}'),
	('460fb7', 0, 0, 'batch', '460fb7dd77b5826a', 600, 2, 2, NULL, 700, 80, 0, '{}', '{}', '{}'),
	('460fb7', 1, 0, 'batch', '460fb7fc15633375', 600, 2, 2, NULL, 700, 80, 0, '{}', '{}', '{}'),
	('460fb7', 2, 0, 'batch', '460fb73416e65e49', 600, 2, 2, NULL, 700, 80, 0, '{"cancelled":2}', '{}', '{}'),
	('0e002b', 0, 0, 'realtime', '0e002b33c88c5d59', 900, 3, 3, NULL, 1050, 120, 0, '{}', '{}', '{}'),
	('e20cb1', 0, 0, 'batch', 'e20cb1aa2c5eb6a3', 600, 2, 2, NULL, 700, 80, 0, '{}', '{}', '{}'),
	('d6c13b', 0, 0, 'batch', 'd6c13b1b83a877fa', 600, 2, 2, NULL, 700, 80, 0, '{}', '{}', '{}'),
	('a75211', 0, 0, 'batch', 'a752119d79aa68dd', 1200, 4, 4, NULL, 1400, 160, 0, '{"merged":2,"rescued":1}', '{"inputTokens":80,"cachedTokens":0,"outputTokens":20,"costPicoUsd":12000000}', '{"lines":2,"applied":2}'),
	('b4bfdd', 0, 0, 'batch', 'b4bfddb56f7165c0', 600, 2, 2, NULL, 700, 80, 0, '{}', '{}', '{}'),
	('b4bfdd', 1, 0, 'batch', 'b4bfdde2cdc415fb', 300, 1, 1, NULL, 350, 40, 0, '{}', '{}', '{}'),
	('fa5dda', 0, 0, 'batch', 'fa5dda1fc21d45c2', 600, 2, 2, NULL, 700, 80, 0, '{}', '{}', '{}'),
	('fa5dda', 1, 0, 'batch', 'fa5dda6b6817001a', 600, 2, 2, NULL, 700, 80, 0, '{}', '{}', '{}'),
	('b7346c', 0, 0, 'batch', 'b7346c72d53d961e', 600, 2, 2, NULL, 700, 80, 0, '{}', '{}', '{}'),
	('822a3b', 0, 0, 'batch', '822a3b75af38cf1b', 600, 2, 2, NULL, 700, 80, 0, '{}', '{}', '{}'),
	('5f8b2a', 0, 0, 'batch', '5f8b2a2b9553c5b5', 300, 1, 1, NULL, 350, 40, 0, '{}', '{}', '{}'),
	('5f8b2a', 1, 0, 'batch', '5f8b2a75516105ef', 300, 1, 1, NULL, 350, 40, 0, '{}', '{}', '{}'),
	('759c5a', 1, 0, 'batch', '759c5afba3f829c2', 600, 2, 2, NULL, 700, 80, 0, '{"lost":2}', '{"inputTokens":0,"cachedTokens":0,"outputTokens":0,"costPicoUsd":0}', '{"lines":0,"applied":0}'),
	('759c5a', 2, 1, 'batch', '759c5aefbc20fbc0', 600, 2, 2, NULL, 700, 80, 0, '{"merged":1,"missing":1}', '{"inputTokens":40,"cachedTokens":0,"outputTokens":10,"costPicoUsd":6000000}', '{"lines":1,"applied":1}'),
	('759c5a', 0, 0, 'batch', '759c5a0a0d308349', 5100, 17, 16, NULL, 5950, 680, 0, '{"merged":4,"invalid":1,"review":1,"truncated":1,"refused":1,"failed":1,"transient":1,"expired":1,"missing":1,"cancelled":1,"stale":1,"rejected":1,"declined":1}', '{"inputTokens":400,"cachedTokens":0,"outputTokens":100,"costPicoUsd":60000000}', '{"lines":11,"applied":11}'),
	('995965', 1, 0, 'batch', '9959656e1c99461f', 600, 2, 2, NULL, 700, 80, 0, '{"held":1}', '{"inputTokens":40,"cachedTokens":0,"outputTokens":10,"costPicoUsd":6000000}', '{"lines":1,"applied":1}'),
	('995965', 0, 0, 'batch', '9959654356fa9e7a', 600, 2, 2, NULL, 700, 80, 0, '{"held":0,"merged":2}', '{"inputTokens":80,"cachedTokens":0,"outputTokens":20,"costPicoUsd":12000000}', '{"lines":2,"applied":2}'),
	('2d941a', 0, 0, 'batch', '2d941a56ae3dc467', 600, 2, 2, NULL, 700, 80, 0, '{"merged":1,"cancelled":1}', '{"inputTokens":40,"cachedTokens":0,"outputTokens":10,"costPicoUsd":6000000}', '{"lines":1,"applied":1}'),
	('2d941a', 1, 0, 'batch', '2d941a86d8402131', 600, 2, 2, NULL, 700, 80, 0, '{"cancelled":2}', '{}', '{}'),
	('8bce9d', 0, 0, 'batch', '8bce9d5fc7b53c48', 600, 2, 2, NULL, 700, 80, 0, '{"merged":2}', '{"inputTokens":80,"cachedTokens":0,"outputTokens":20,"costPicoUsd":12000000}', '{"lines":2,"applied":2}');

INSERT INTO offpeak.budgets VALUES
	(100000, 150, 0, 'run:2ae2f0'),
	(NULL, 150, 0, 'day:titles:2026-01-15'),
	(100000, 0, 158, 'run:759c5a'),
	(100000, 200, 0, 'run:04b708'),
	(50000, 200, 0, 'day:headnotes:2026-01-15'),
	(NULL, 0, 158, 'day:digests:2026-01-15'),
	(100000, 0, 52, 'run:369464'),
	(NULL, 0, 52, 'day:answers:2026-01-15'),
	(100000, 80, 12, 'run:995965'),
	(NULL, 80, 12, 'day:lessons:2026-01-15'),
	(100000, 0, 6, 'run:2d941a'),
	(NULL, 0, 6, 'day:outlines:2026-01-15'),
	(100000, 440, 0, 'run:a62f68'),
	(200000, 440, 0, 'shared:night'),
	(NULL, 440, 0, 'day:summaries:2026-01-15'),
	(NULL, 0, 0, 'run:8bce9d'),
	(100000, 320, 0, 'run:2dcb36'),
	(90000, 320, 0, 'key:ops'),
	(NULL, 320, 0, 'day:topics:2026-01-15'),
	(100000, 160, 0, 'run:460fb7'),
	(NULL, 160, 0, 'day:tags:2026-01-15'),
	(150, 120, 0, 'run:0e002b'),
	(NULL, 120, 0, 'day:labels:2026-01-15'),
	(100000, 80, 0, 'run:e20cb1'),
	(NULL, 80, 0, 'day:reviews:2026-01-15'),
	(100000, 0, 0, 'run:d6c13b'),
	(NULL, 0, 0, 'day:translations:2026-01-15'),
	(100000, 160, 0, 'run:a75211'),
	(NULL, 160, 0, 'day:products:2026-01-15'),
	(100000, 0, 0, 'run:b4bfdd'),
	(100000, 80, 0, 'run:fa5dda'),
	(NULL, 80, 0, 'day:embeddings:2026-01-15'),
	(100000, 80, 0, 'run:b7346c'),
	(NULL, 80, 0, 'day:letters:2026-01-15'),
	(100000, 80, 0, 'run:822a3b'),
	(NULL, 80, 0, 'day:minutes:2026-01-15'),
	(100000, 40, 0, 'run:5f8b2a'),
	(NULL, 40, 0, 'day:notices:2026-01-15');

INSERT INTO offpeak.deliveries VALUES
	(3, 2, 1, NULL, 0, 1768466004000, 'https://hooks.example.com/offpeak');

INSERT INTO offpeak.done VALUES
	('titles', '1', 'm6fd2428c9fb793425329844037d2d71', '2ae2f0', 0, NULL, 1768464605000),
	('titles', '2', 'm6fd2428c9fd4b700f022f02302f54c9', '2ae2f0', 1, NULL, 1768464605000),
	('products', 'products-0', 'products-print-0', 'a75211', 0, NULL, 1768465226000),
	('products', 'products-1', 'products-print-1', 'a75211', 1, NULL, 1768465226000),
	('digests', 'digests-0', 'digests-print-0', '759c5a', 0, NULL, 1768465629000),
	('digests', 'digests-16', 'digests-print-16', '759c5a', 16, NULL, 1768465629000),
	('digests', 'digests-4', 'digests-print-4', '759c5a', 4, NULL, 1768465629000),
	('digests', 'digests-same', 'digests-print-0', '759c5a', 17, NULL, 1768465629000),
	('digests', 'digests-14', 'digests-print-14', '759c5a', 14, NULL, 1768465652000),
	('digests', 'digests-2', 'digests-print-2', '759c5a', 2, NULL, 1768465653000),
	('digests', 'digests-3', 'digests-print-3', '759c5a', 3, NULL, 1768465653000),
	('answers', 'answers-0', 'answers-print-0', '369464', 0, NULL, 1768465720000),
	('answers', 'answers-1', 'answers-print-1', '369464', 1, NULL, 1768465720000),
	('lessons', 'lessons-00', 'lessons-print-0', '995965', 0, 'lessons-0', 1768465793000),
	('lessons', 'lessons-01', 'lessons-print-1', '995965', 1, 'lessons-0', 1768465793000),
	('lessons', 'lessons-10', 'lessons-print-2', '995965', 2, 'lessons-1', 1768465805000),
	('outlines', 'outlines-0', 'outlines-print-0', '2d941a', 0, NULL, 1768465876000),
	('archive', 'archive-0', 'archive-print-0', '8bce9d', 0, NULL, 1768465942000),
	('archive', 'archive-1', 'archive-print-1', '8bce9d', 1, NULL, 1768465942000),
	('digests', 'digests-tried', 'digests-print-tried', '', NULL, NULL, 1768465944000);

INSERT INTO offpeak.events OVERRIDING SYSTEM VALUE VALUES
	('2ae2f0', 1768464001000, 'run.started', '{"job":"titles"}', 1),
	('2ae2f0', 1768464002000, 'batch.built', '{"batch":0,"requests":4,"bytes":1779}', 2),
	('2ae2f0', 1768464003000, 'batch.built', '{"batch":1,"requests":4,"bytes":1780}', 3),
	('2ae2f0', 1768464004000, 'batch.built', '{"batch":2,"requests":4,"bytes":1783}', 4),
	('2ae2f0', 1768464005000, 'attempt', '{"batch":0,"attempt":1,"state":"reserved"}', 5),
	('2ae2f0', 1768464006000, 'attempt', '{"batch":0,"attempt":1,"state":"uploading"}', 6),
	('2ae2f0', 1768464007000, 'attempt', '{"batch":0,"attempt":1,"state":"uploaded"}', 7),
	('2ae2f0', 1768464008000, 'attempt', '{"batch":0,"attempt":1,"state":"creating"}', 8),
	('2ae2f0', 1768464009000, 'attempt', '{"batch":0,"attempt":1,"state":"created"}', 9),
	('2ae2f0', 1768464010000, 'attempt', '{"batch":0,"attempt":1,"state":"in_progress"}', 10),
	('2ae2f0', 1768464011000, 'attempt', '{"batch":1,"attempt":1,"state":"reserved"}', 11),
	('2ae2f0', 1768464012000, 'attempt', '{"batch":1,"attempt":1,"state":"uploading"}', 12),
	('2ae2f0', 1768464013000, 'attempt', '{"batch":1,"attempt":1,"state":"uploaded"}', 13),
	('2ae2f0', 1768464014000, 'attempt', '{"batch":1,"attempt":1,"state":"creating"}', 14),
	('2ae2f0', 1768464015000, 'attempt', '{"batch":1,"attempt":1,"state":"created"}', 15),
	('2ae2f0', 1768464016000, 'attempt', '{"batch":1,"attempt":1,"state":"in_progress"}', 16),
	('2ae2f0', 1768464017000, 'attempt', '{"batch":0,"attempt":1,"state":"completed"}', 17),
	('2ae2f0', 1768464018000, 'attempt', '{"batch":0,"attempt":1,"state":"collected"}', 18),
	('04b708', 1768464019000, 'run.started', '{"job":"headnotes"}', 19),
	('04b708', 1768464020000, 'batch.built', '{"batch":0,"requests":2,"bytes":600}', 20),
	('04b708', 1768464021000, 'batch.built', '{"batch":1,"requests":1,"bytes":300}', 21),
	('04b708', 1768464022000, 'batch.built', '{"batch":2,"requests":1,"bytes":300}', 22),
	('04b708', 1768464023000, 'batch.built', '{"batch":3,"requests":1,"bytes":300}', 23),
	('04b708', 1768464024000, 'batch.built', '{"batch":4,"requests":1,"bytes":300}', 24),
	('04b708', 1768464025000, 'attempt', '{"batch":0,"attempt":1,"state":"reserved"}', 25),
	('04b708', 1768464026000, 'attempt', '{"batch":0,"attempt":1,"state":"uploading"}', 26),
	('04b708', 1768464027000, 'attempt', '{"batch":0,"attempt":1,"state":"uploaded"}', 27),
	('04b708', 1768464028000, 'attempt', '{"batch":0,"attempt":1,"state":"creating"}', 28),
	('04b708', 1768464029000, 'attempt', '{"batch":1,"attempt":1,"state":"reserved"}', 29),
	('04b708', 1768464030000, 'attempt', '{"batch":1,"attempt":1,"state":"uploading"}', 30),
	('04b708', 1768464031000, 'attempt', '{"batch":1,"attempt":1,"state":"uploaded"}', 31),
	('04b708', 1768464032000, 'attempt', '{"batch":2,"attempt":1,"state":"reserved"}', 32),
	('04b708', 1768464033000, 'attempt', '{"batch":2,"attempt":1,"state":"uploading"}', 33),
	('04b708', 1768464034000, 'attempt', '{"batch":3,"attempt":1,"state":"reserved"}', 34),
	('a62f68', 1768464035000, 'run.started', '{"job":"summaries"}', 35),
	('a62f68', 1768464036000, 'batch.built', '{"batch":0,"requests":2,"bytes":600}', 36),
	('a62f68', 1768464037000, 'batch.built', '{"batch":1,"requests":1,"bytes":300}', 37),
	('a62f68', 1768464038000, 'batch.built', '{"batch":2,"requests":2,"bytes":600}', 38),
	('a62f68', 1768464039000, 'batch.built', '{"batch":3,"requests":1,"bytes":300}', 39),
	('a62f68', 1768464040000, 'batch.built', '{"batch":4,"requests":1,"bytes":300}', 40),
	('a62f68', 1768464041000, 'batch.built', '{"batch":5,"requests":1,"bytes":300}', 41),
	('a62f68', 1768464042000, 'batch.built', '{"batch":6,"requests":2,"bytes":600}', 42),
	('a62f68', 1768464043000, 'batch.built', '{"batch":7,"requests":1,"bytes":300}', 43),
	('a62f68', 1768464044000, 'attempt', '{"batch":0,"attempt":1,"state":"reserved"}', 44),
	('a62f68', 1768464045000, 'attempt', '{"batch":0,"attempt":1,"state":"uploading"}', 45),
	('a62f68', 1768464046000, 'attempt', '{"batch":0,"attempt":1,"state":"uploaded"}', 46),
	('a62f68', 1768464047000, 'attempt', '{"batch":0,"attempt":1,"state":"creating"}', 47),
	('a62f68', 1768464048000, 'attempt', '{"batch":0,"attempt":1,"state":"created"}', 48),
	('a62f68', 1768464049000, 'attempt', '{"batch":1,"attempt":1,"state":"reserved"}', 49),
	('a62f68', 1768464050000, 'attempt', '{"batch":1,"attempt":1,"state":"uploading"}', 50),
	('a62f68', 1768464051000, 'attempt', '{"batch":1,"attempt":1,"state":"uploaded"}', 51),
	('a62f68', 1768464052000, 'attempt', '{"batch":1,"attempt":1,"state":"creating"}', 52),
	('a62f68', 1768464053000, 'attempt', '{"batch":1,"attempt":1,"state":"created"}', 53),
	('a62f68', 1768464054000, 'attempt', '{"batch":1,"attempt":1,"state":"validating"}', 54),
	('a62f68', 1768464055000, 'attempt', '{"batch":2,"attempt":1,"state":"reserved"}', 55),
	('a62f68', 1768464056000, 'attempt', '{"batch":2,"attempt":1,"state":"uploading"}', 56),
	('a62f68', 1768464057000, 'attempt', '{"batch":2,"attempt":1,"state":"uploaded"}', 57),
	('a62f68', 1768464058000, 'attempt', '{"batch":2,"attempt":1,"state":"creating"}', 58),
	('a62f68', 1768464059000, 'attempt', '{"batch":2,"attempt":1,"state":"created"}', 59),
	('a62f68', 1768464060000, 'attempt', '{"batch":2,"attempt":1,"state":"in_progress"}', 60),
	('a62f68', 1768464061000, 'attempt', '{"batch":3,"attempt":1,"state":"reserved"}', 61),
	('a62f68', 1768464062000, 'attempt', '{"batch":3,"attempt":1,"state":"uploading"}', 62),
	('a62f68', 1768464063000, 'attempt', '{"batch":3,"attempt":1,"state":"uploaded"}', 63),
	('a62f68', 1768464064000, 'attempt', '{"batch":3,"attempt":1,"state":"creating"}', 64),
	('a62f68', 1768464065000, 'attempt', '{"batch":3,"attempt":1,"state":"created"}', 65),
	('a62f68', 1768464066000, 'attempt', '{"batch":3,"attempt":1,"state":"finalizing"}', 66),
	('a62f68', 1768464067000, 'attempt', '{"batch":4,"attempt":1,"state":"reserved"}', 67),
	('a62f68', 1768464068000, 'attempt', '{"batch":4,"attempt":1,"state":"uploading"}', 68),
	('a62f68', 1768464069000, 'attempt', '{"batch":4,"attempt":1,"state":"uploaded"}', 69),
	('a62f68', 1768464070000, 'attempt', '{"batch":4,"attempt":1,"state":"creating"}', 70),
	('a62f68', 1768464071000, 'attempt', '{"batch":4,"attempt":1,"state":"created"}', 71),
	('a62f68', 1768464072000, 'attempt', '{"batch":4,"attempt":1,"state":"in_progress"}', 72),
	('a62f68', 1768464073000, 'attempt', '{"batch":4,"attempt":1,"state":"completed"}', 73),
	('a62f68', 1768464074000, 'attempt', '{"batch":5,"attempt":1,"state":"reserved"}', 74),
	('a62f68', 1768464075000, 'attempt', '{"batch":5,"attempt":1,"state":"uploading"}', 75),
	('a62f68', 1768464076000, 'attempt', '{"batch":5,"attempt":1,"state":"uploaded"}', 76),
	('a62f68', 1768464077000, 'attempt', '{"batch":5,"attempt":1,"state":"creating"}', 77),
	('a62f68', 1768464078000, 'attempt', '{"batch":5,"attempt":1,"state":"created"}', 78),
	('a62f68', 1768464079000, 'attempt', '{"batch":5,"attempt":1,"state":"in_progress"}', 79),
	('a62f68', 1768464080000, 'attempt', '{"batch":5,"attempt":1,"state":"failed"}', 80),
	('a62f68', 1768464081000, 'attempt', '{"batch":6,"attempt":1,"state":"reserved"}', 81),
	('a62f68', 1768464082000, 'attempt', '{"batch":6,"attempt":1,"state":"uploading"}', 82),
	('a62f68', 1768464083000, 'attempt', '{"batch":6,"attempt":1,"state":"uploaded"}', 83),
	('a62f68', 1768464084000, 'attempt', '{"batch":6,"attempt":1,"state":"creating"}', 84),
	('a62f68', 1768464085000, 'attempt', '{"batch":6,"attempt":1,"state":"created"}', 85),
	('a62f68', 1768464086000, 'attempt', '{"batch":6,"attempt":1,"state":"in_progress"}', 86),
	('a62f68', 1768464087000, 'attempt', '{"batch":6,"attempt":1,"state":"expired"}', 87),
	('a62f68', 1768464088000, 'attempt', '{"batch":7,"attempt":1,"state":"reserved"}', 88),
	('a62f68', 1768464089000, 'attempt', '{"batch":7,"attempt":1,"state":"uploading"}', 89),
	('a62f68', 1768464090000, 'attempt', '{"batch":7,"attempt":1,"state":"uploaded"}', 90),
	('a62f68', 1768464091000, 'attempt', '{"batch":7,"attempt":1,"state":"creating"}', 91),
	('a62f68', 1768464092000, 'attempt', '{"batch":7,"attempt":1,"state":"created"}', 92),
	('a62f68', 1768464093000, 'attempt', '{"batch":7,"attempt":1,"state":"in_progress"}', 93),
	('a62f68', 1768464094000, 'attempt', '{"batch":7,"attempt":1,"state":"lost"}', 94),
	('2dcb36', 1768464095000, 'run.started', '{"job":"topics"}', 95),
	('2dcb36', 1768464096000, 'batch.built', '{"batch":0,"requests":2,"bytes":600}', 96),
	('2dcb36', 1768464097000, 'batch.built', '{"batch":1,"requests":2,"bytes":600}', 97),
	('2dcb36', 1768464098000, 'batch.built', '{"batch":2,"requests":2,"bytes":600}', 98),
	('2dcb36', 1768464099000, 'attempt', '{"batch":0,"attempt":1,"state":"reserved"}', 99),
	('2dcb36', 1768464100000, 'attempt', '{"batch":0,"attempt":1,"state":"uploading"}', 100);
INSERT INTO offpeak.events OVERRIDING SYSTEM VALUE VALUES
	('2dcb36', 1768464101000, 'attempt', '{"batch":0,"attempt":1,"state":"uploaded"}', 101),
	('2dcb36', 1768464102000, 'attempt', '{"batch":0,"attempt":1,"state":"creating"}', 102),
	('2dcb36', 1768464103000, 'attempt', '{"batch":0,"attempt":1,"state":"in_doubt"}', 103),
	('2dcb36', 1768464104000, 'attempt', '{"batch":1,"attempt":1,"state":"reserved"}', 104),
	('2dcb36', 1768464105000, 'attempt', '{"batch":1,"attempt":1,"state":"uploading"}', 105),
	('2dcb36', 1768464106000, 'attempt', '{"batch":1,"attempt":1,"state":"uploaded"}', 106),
	('2dcb36', 1768464107000, 'attempt', '{"batch":1,"attempt":1,"state":"creating"}', 107),
	('2dcb36', 1768464108000, 'attempt', '{"batch":1,"attempt":1,"state":"in_doubt"}', 108),
	('2dcb36', 1768464109000, 'attempt', '{"batch":1,"attempt":1,"state":"fenced"}', 109),
	('2dcb36', 1768464110000, 'attempt', '{"batch":2,"attempt":1,"state":"reserved"}', 110),
	('2dcb36', 1768464111000, 'attempt', '{"batch":2,"attempt":1,"state":"uploading"}', 111),
	('2dcb36', 1768464112000, 'attempt', '{"batch":2,"attempt":1,"state":"uploaded"}', 112),
	('2dcb36', 1768464113000, 'attempt', '{"batch":2,"attempt":1,"state":"creating"}', 113),
	('2dcb36', 1768464114000, 'attempt', '{"batch":2,"attempt":1,"state":"in_doubt"}', 114),
	('2dcb36', 1768464115000, 'attempt', '{"batch":2,"attempt":1,"state":"fenced"}', 115),
	('2dcb36', 1768464116000, 'attempt', '{"batch":2,"attempt":2,"state":"reserved"}', 116),
	('2dcb36', 1768464117000, 'attempt', '{"batch":2,"attempt":2,"state":"uploading"}', 117),
	('2dcb36', 1768464118000, 'attempt', '{"batch":2,"attempt":2,"state":"uploaded"}', 118),
	('2dcb36', 1768464119000, 'attempt', '{"batch":2,"attempt":2,"state":"creating"}', 119),
	('2dcb36', 1768464120000, 'attempt', '{"batch":2,"attempt":2,"state":"created"}', 120),
	('2dcb36', 1768464121000, 'attempt', '{"batch":2,"attempt":2,"state":"in_progress"}', 121),
	('460fb7', 1768464122000, 'run.started', '{"job":"tags"}', 122),
	('460fb7', 1768464123000, 'batch.built', '{"batch":0,"requests":2,"bytes":600}', 123),
	('460fb7', 1768464124000, 'batch.built', '{"batch":1,"requests":2,"bytes":600}', 124),
	('460fb7', 1768464125000, 'batch.built', '{"batch":2,"requests":2,"bytes":600}', 125),
	('460fb7', 1768464126000, 'attempt', '{"batch":0,"attempt":1,"state":"reserved"}', 126),
	('460fb7', 1768464127000, 'attempt', '{"batch":0,"attempt":1,"state":"uploading"}', 127),
	('460fb7', 1768464128000, 'attempt', '{"batch":0,"attempt":1,"state":"uploaded"}', 128),
	('460fb7', 1768464129000, 'attempt', '{"batch":0,"attempt":1,"state":"creating"}', 129),
	('460fb7', 1768464130000, 'attempt', '{"batch":0,"attempt":1,"state":"created"}', 130),
	('460fb7', 1768464131000, 'attempt', '{"batch":0,"attempt":1,"state":"cancelling"}', 131),
	('460fb7', 1768464132000, 'attempt', '{"batch":1,"attempt":1,"state":"reserved"}', 132),
	('460fb7', 1768464133000, 'attempt', '{"batch":1,"attempt":1,"state":"uploading"}', 133),
	('460fb7', 1768464134000, 'attempt', '{"batch":1,"attempt":1,"state":"uploaded"}', 134),
	('460fb7', 1768464135000, 'attempt', '{"batch":1,"attempt":1,"state":"creating"}', 135),
	('460fb7', 1768464136000, 'attempt', '{"batch":1,"attempt":1,"state":"created"}', 136),
	('460fb7', 1768464137000, 'attempt', '{"batch":1,"attempt":1,"state":"in_progress"}', 137),
	('460fb7', 1768464138000, 'attempt', '{"batch":1,"attempt":1,"state":"cancelled"}', 138),
	('460fb7', 1768464139000, 'run.cancelling', '{}', 139),
	('460fb7', 1768464140000, 'attempt', '{"batch":2,"attempt":1,"state":"void","reason":"cancelled before it was sent"}', 140),
	('0e002b', 1768464141000, 'run.started', '{"job":"labels"}', 141),
	('0e002b', 1768464142000, 'batch.built', '{"batch":0,"requests":3,"bytes":900}', 142),
	('0e002b', 1768464143000, 'attempt', '{"batch":0,"attempt":1,"state":"reserved"}', 143),
	('0e002b', 1768464144000, 'attempt', '{"batch":0,"attempt":1,"state":"asking"}', 144),
	('0e002b', 1768464145000, 'run.paused', '{"kind":"budget","reason":"budget: the next file can cost $0.000120; $0.000090 more is needed"}', 145),
	('e20cb1', 1768464146000, 'run.started', '{"job":"reviews"}', 146),
	('e20cb1', 1768464147000, 'batch.built', '{"batch":0,"requests":2,"bytes":600}', 147),
	('e20cb1', 1768464148000, 'attempt', '{"batch":0,"attempt":1,"state":"reserved"}', 148),
	('e20cb1', 1768464149000, 'attempt', '{"batch":0,"attempt":1,"state":"uploading"}', 149),
	('e20cb1', 1768464150000, 'attempt', '{"batch":0,"attempt":1,"state":"uploaded"}', 150),
	('e20cb1', 1768464151000, 'attempt', '{"batch":0,"attempt":1,"state":"creating"}', 151),
	('e20cb1', 1768464152000, 'attempt', '{"batch":0,"attempt":1,"state":"created"}', 152),
	('e20cb1', 1768464153000, 'attempt', '{"batch":0,"attempt":1,"state":"in_progress"}', 153),
	('e20cb1', 1768464154000, 'run.paused', '{"kind":"credentials","reason":"openai refused the key: Incorrect API key provided"}', 154),
	('d6c13b', 1768464155000, 'run.started', '{"job":"translations"}', 155),
	('d6c13b', 1768464156000, 'batch.built', '{"batch":0,"requests":2,"bytes":600}', 156),
	('d6c13b', 1768464157000, 'attempt', '{"batch":0,"attempt":1,"state":"reserved"}', 157),
	('d6c13b', 1768464158000, 'attempt', '{"batch":0,"attempt":1,"state":"uploading"}', 158),
	('d6c13b', 1768464159000, 'attempt', '{"batch":0,"attempt":1,"state":"uploaded"}', 159),
	('d6c13b', 1768464160000, 'run.paused', '{"kind":"provider","reason":"openai refused a batch: billing_hard_limit_reached"}', 160),
	('d6c13b', 1768464161000, 'attempt', '{"batch":0,"attempt":1,"state":"void","reason":"billing_hard_limit_reached"}', 161),
	('a75211', 1768464162000, 'run.started', '{"job":"products"}', 162),
	('a75211', 1768464163000, 'batch.built', '{"batch":0,"requests":4,"bytes":1200}', 163),
	('a75211', 1768464164000, 'attempt', '{"batch":0,"attempt":1,"state":"reserved"}', 164),
	('a75211', 1768464165000, 'attempt', '{"batch":0,"attempt":1,"state":"uploading"}', 165),
	('a75211', 1768464166000, 'attempt', '{"batch":0,"attempt":1,"state":"uploaded"}', 166),
	('a75211', 1768464167000, 'attempt', '{"batch":0,"attempt":1,"state":"creating"}', 167),
	('a75211', 1768464168000, 'attempt', '{"batch":0,"attempt":1,"state":"created"}', 168),
	('a75211', 1768464169000, 'attempt', '{"batch":0,"attempt":1,"state":"in_progress"}', 169),
	('a75211', 1768464170000, 'attempt', '{"batch":0,"attempt":1,"state":"completed"}', 170),
	('a75211', 1768464171000, 'attempt', '{"batch":0,"attempt":1,"state":"collected"}', 171),
	('a75211', 1768464172000, 'run.paused', '{"kind":"job","reason":"the answers cannot be written: column \"name\" does not exist"}', 172),
	('a75211', 1768464173000, 'sink.failed', '{"code":"E_SINK","message":"column \"name\""}', 173),
	('b4bfdd', 1768464174000, 'run.started', '{"job":"drafts"}', 174),
	('b4bfdd', 1768464175000, 'batch.built', '{"batch":0,"requests":2,"bytes":600}', 175),
	('b4bfdd', 1768464176000, 'batch.built', '{"batch":1,"requests":1,"bytes":300}', 176),
	('b4bfdd', 1768464177000, 'run.paused', '{"kind":"submit","reason":"the files are built and wait to be submitted"}', 177),
	('fa5dda', 1768464178000, 'run.started', '{"job":"embeddings"}', 178),
	('fa5dda', 1768464179000, 'batch.built', '{"batch":0,"requests":2,"bytes":600}', 179),
	('fa5dda', 1768464180000, 'batch.built', '{"batch":1,"requests":2,"bytes":600}', 180),
	('fa5dda', 1768464181000, 'attempt', '{"batch":0,"attempt":1,"state":"reserved"}', 181),
	('fa5dda', 1768464182000, 'attempt', '{"batch":0,"attempt":1,"state":"uploading"}', 182),
	('fa5dda', 1768464183000, 'attempt', '{"batch":0,"attempt":1,"state":"uploaded"}', 183),
	('fa5dda', 1768464184000, 'attempt', '{"batch":0,"attempt":1,"state":"creating"}', 184),
	('fa5dda', 1768464185000, 'attempt', '{"batch":0,"attempt":1,"state":"created"}', 185),
	('fa5dda', 1768464186000, 'attempt', '{"batch":0,"attempt":1,"state":"in_progress"}', 186),
	('fa5dda', 1768464187000, 'run.paused', '{"kind":"asked","reason":"by hand, until it is resumed"}', 187),
	('b7346c', 1768464188000, 'run.started', '{"job":"letters"}', 188),
	('b7346c', 1768464189000, 'batch.built', '{"batch":0,"requests":2,"bytes":600}', 189),
	('b7346c', 1768464190000, 'attempt', '{"batch":0,"attempt":1,"state":"reserved"}', 190),
	('b7346c', 1768464191000, 'attempt', '{"batch":0,"attempt":1,"state":"uploading"}', 191),
	('b7346c', 1768464192000, 'attempt', '{"batch":0,"attempt":1,"state":"uploaded"}', 192),
	('b7346c', 1768464193000, 'attempt', '{"batch":0,"attempt":1,"state":"creating"}', 193),
	('b7346c', 1768464194000, 'attempt', '{"batch":0,"attempt":1,"state":"created"}', 194),
	('b7346c', 1768464195000, 'attempt', '{"batch":0,"attempt":1,"state":"in_progress"}', 195),
	('b7346c', 1768464196000, 'run.paused', '{"kind":"answers","reason":"answers are missing that the provider says it has given"}', 196),
	('822a3b', 1768464197000, 'run.started', '{"job":"minutes"}', 197),
	('822a3b', 1768464198000, 'batch.built', '{"batch":0,"requests":2,"bytes":600}', 198),
	('822a3b', 1768464199000, 'attempt', '{"batch":0,"attempt":1,"state":"reserved"}', 199),
	('822a3b', 1768464200000, 'attempt', '{"batch":0,"attempt":1,"state":"uploading"}', 200);
INSERT INTO offpeak.events OVERRIDING SYSTEM VALUE VALUES
	('822a3b', 1768464201000, 'attempt', '{"batch":0,"attempt":1,"state":"uploaded"}', 201),
	('822a3b', 1768464202000, 'attempt', '{"batch":0,"attempt":1,"state":"creating"}', 202),
	('822a3b', 1768464203000, 'attempt', '{"batch":0,"attempt":1,"state":"created"}', 203),
	('822a3b', 1768464204000, 'attempt', '{"batch":0,"attempt":1,"state":"in_progress"}', 204),
	('822a3b', 1768464205000, 'run.paused', '{"kind":"changed","reason":"the job file has changed since the run began"}', 205),
	('5f8b2a', 1768464206000, 'run.started', '{"job":"notices"}', 206),
	('5f8b2a', 1768464207000, 'batch.built', '{"batch":0,"requests":1,"bytes":300}', 207),
	('5f8b2a', 1768464208000, 'batch.built', '{"batch":1,"requests":1,"bytes":300}', 208),
	('5f8b2a', 1768464209000, 'attempt', '{"batch":0,"attempt":1,"state":"reserved"}', 209),
	('5f8b2a', 1768464210000, 'attempt', '{"batch":0,"attempt":1,"state":"uploading"}', 210),
	('5f8b2a', 1768464211000, 'attempt', '{"batch":0,"attempt":1,"state":"uploaded"}', 211),
	('5f8b2a', 1768464212000, 'run.paused', '{"kind":"disk","reason":"the disk is full"}', 212),
	('759c5a', 1768464213000, 'run.started', '{"job":"digests"}', 213),
	('759c5a', 1768464214000, 'batch.built', '{"batch":0,"requests":17,"bytes":5100}', 214),
	('759c5a', 1768464215000, 'batch.built', '{"batch":1,"requests":2,"bytes":600}', 215),
	('759c5a', 1768464216000, 'attempt', '{"batch":0,"attempt":1,"state":"reserved"}', 216),
	('759c5a', 1768464217000, 'attempt', '{"batch":0,"attempt":1,"state":"uploading"}', 217),
	('759c5a', 1768464218000, 'attempt', '{"batch":0,"attempt":1,"state":"uploaded"}', 218),
	('759c5a', 1768464219000, 'attempt', '{"batch":0,"attempt":1,"state":"creating"}', 219),
	('759c5a', 1768464220000, 'attempt', '{"batch":0,"attempt":1,"state":"created"}', 220),
	('759c5a', 1768464221000, 'attempt', '{"batch":0,"attempt":1,"state":"in_progress"}', 221),
	('759c5a', 1768464222000, 'attempt', '{"batch":0,"attempt":1,"state":"expired"}', 222),
	('759c5a', 1768464223000, 'attempt', '{"batch":0,"attempt":1,"state":"collected"}', 223),
	('759c5a', 1768464224000, 'attempt', '{"batch":0,"attempt":1,"state":"merged"}', 224),
	('759c5a', 1768464225000, 'stray', '{"batch":"batch_late","state":"completed","requests":2,"cancelled":false}', 225),
	('759c5a', 1768464226000, 'attempt', '{"batch":1,"attempt":1,"state":"reserved"}', 226),
	('759c5a', 1768464227000, 'attempt', '{"batch":1,"attempt":1,"state":"uploading"}', 227),
	('759c5a', 1768464228000, 'attempt', '{"batch":1,"attempt":1,"state":"uploaded"}', 228),
	('759c5a', 1768464229000, 'attempt', '{"batch":1,"attempt":1,"state":"creating"}', 229),
	('759c5a', 1768464230000, 'attempt', '{"batch":1,"attempt":1,"state":"created"}', 230),
	('759c5a', 1768464231000, 'attempt', '{"batch":1,"attempt":1,"state":"in_progress"}', 231),
	('759c5a', 1768464232000, 'attempt', '{"batch":1,"attempt":1,"state":"lost"}', 232),
	('759c5a', 1768464233000, 'attempt', '{"batch":1,"attempt":1,"state":"collected"}', 233),
	('759c5a', 1768464234000, 'attempt', '{"batch":1,"attempt":1,"state":"merged"}', 234),
	('759c5a', 1768464235000, 'batch.built', '{"batch":2,"requests":2,"round":1}', 235),
	('759c5a', 1768464236000, 'attempt', '{"batch":2,"attempt":1,"state":"reserved"}', 236),
	('759c5a', 1768464237000, 'attempt', '{"batch":2,"attempt":1,"state":"uploading"}', 237),
	('759c5a', 1768464238000, 'attempt', '{"batch":2,"attempt":1,"state":"uploaded"}', 238),
	('759c5a', 1768464239000, 'attempt', '{"batch":2,"attempt":1,"state":"creating"}', 239),
	('759c5a', 1768464240000, 'attempt', '{"batch":2,"attempt":1,"state":"created"}', 240),
	('759c5a', 1768464241000, 'attempt', '{"batch":2,"attempt":1,"state":"in_progress"}', 241),
	('759c5a', 1768464242000, 'attempt', '{"batch":2,"attempt":1,"state":"completed"}', 242),
	('759c5a', 1768464243000, 'attempt', '{"batch":2,"attempt":1,"state":"collected"}', 243),
	('759c5a', 1768464244000, 'attempt', '{"batch":2,"attempt":1,"state":"merged"}', 244),
	('759c5a', 1768464245000, 'run.done', '{}', 245),
	('369464', 1768464246000, 'run.started', '{"job":"answers"}', 246),
	('369464', 1768464247000, 'batch.built', '{"batch":0,"requests":3,"bytes":900}', 247),
	('369464', 1768464248000, 'attempt', '{"batch":0,"attempt":1,"state":"reserved"}', 248),
	('369464', 1768464249000, 'attempt', '{"batch":0,"attempt":1,"state":"asking"}', 249),
	('369464', 1768464250000, 'attempt', '{"batch":0,"attempt":1,"state":"completed"}', 250),
	('369464', 1768464251000, 'attempt', '{"batch":0,"attempt":1,"state":"collected"}', 251),
	('369464', 1768464252000, 'attempt', '{"batch":0,"attempt":1,"state":"merged"}', 252),
	('369464', 1768464253000, 'run.done', '{}', 253),
	('995965', 1768464254000, 'run.started', '{"job":"lessons"}', 254),
	('995965', 1768464255000, 'batch.built', '{"batch":0,"requests":2,"bytes":600}', 255),
	('995965', 1768464256000, 'batch.built', '{"batch":1,"requests":2,"bytes":600}', 256),
	('995965', 1768464257000, 'attempt', '{"batch":0,"attempt":1,"state":"reserved"}', 257),
	('995965', 1768464258000, 'attempt', '{"batch":0,"attempt":1,"state":"uploading"}', 258),
	('995965', 1768464259000, 'attempt', '{"batch":0,"attempt":1,"state":"uploaded"}', 259),
	('995965', 1768464260000, 'attempt', '{"batch":0,"attempt":1,"state":"creating"}', 260),
	('995965', 1768464261000, 'attempt', '{"batch":0,"attempt":1,"state":"created"}', 261),
	('995965', 1768464262000, 'attempt', '{"batch":0,"attempt":1,"state":"in_progress"}', 262),
	('995965', 1768464263000, 'attempt', '{"batch":0,"attempt":1,"state":"completed"}', 263),
	('995965', 1768464264000, 'attempt', '{"batch":0,"attempt":1,"state":"collected"}', 264),
	('995965', 1768464265000, 'attempt', '{"batch":0,"attempt":1,"state":"merged"}', 265),
	('995965', 1768464266000, 'attempt', '{"batch":1,"attempt":1,"state":"reserved"}', 266),
	('995965', 1768464267000, 'attempt', '{"batch":1,"attempt":1,"state":"uploading"}', 267),
	('995965', 1768464268000, 'attempt', '{"batch":1,"attempt":1,"state":"uploaded"}', 268),
	('995965', 1768464269000, 'attempt', '{"batch":1,"attempt":1,"state":"creating"}', 269),
	('995965', 1768464270000, 'attempt', '{"batch":1,"attempt":1,"state":"created"}', 270),
	('995965', 1768464271000, 'attempt', '{"batch":1,"attempt":1,"state":"in_progress"}', 271),
	('995965', 1768464272000, 'attempt', '{"batch":1,"attempt":1,"state":"completed"}', 272),
	('995965', 1768464273000, 'attempt', '{"batch":1,"attempt":1,"state":"collected"}', 273),
	('2d941a', 1768464274000, 'run.started', '{"job":"outlines"}', 274),
	('2d941a', 1768464275000, 'batch.built', '{"batch":0,"requests":2,"bytes":600}', 275),
	('2d941a', 1768464276000, 'batch.built', '{"batch":1,"requests":2,"bytes":600}', 276),
	('2d941a', 1768464277000, 'attempt', '{"batch":0,"attempt":1,"state":"reserved"}', 277),
	('2d941a', 1768464278000, 'attempt', '{"batch":0,"attempt":1,"state":"uploading"}', 278),
	('2d941a', 1768464279000, 'attempt', '{"batch":0,"attempt":1,"state":"uploaded"}', 279),
	('2d941a', 1768464280000, 'attempt', '{"batch":0,"attempt":1,"state":"creating"}', 280),
	('2d941a', 1768464281000, 'attempt', '{"batch":0,"attempt":1,"state":"created"}', 281),
	('2d941a', 1768464282000, 'attempt', '{"batch":0,"attempt":1,"state":"in_progress"}', 282),
	('2d941a', 1768464283000, 'attempt', '{"batch":0,"attempt":1,"state":"cancelled"}', 283),
	('2d941a', 1768464284000, 'attempt', '{"batch":0,"attempt":1,"state":"collected"}', 284),
	('2d941a', 1768464285000, 'attempt', '{"batch":0,"attempt":1,"state":"merged"}', 285),
	('2d941a', 1768464286000, 'run.cancelling', '{}', 286),
	('2d941a', 1768464287000, 'attempt', '{"batch":1,"attempt":1,"state":"void","reason":"cancelled before it was sent"}', 287),
	('2d941a', 1768464288000, 'run.cancelled', '{}', 288),
	('8bce9d', 1768464289000, 'run.started', '{"job":"archive"}', 289),
	('8bce9d', 1768464290000, 'batch.built', '{"batch":0,"requests":2,"bytes":600}', 290),
	('8bce9d', 1768464291000, 'attempt', '{"batch":0,"attempt":1,"state":"collected"}', 291),
	('8bce9d', 1768464292000, 'attempt', '{"batch":0,"attempt":1,"state":"merged"}', 292),
	('8bce9d', 1768464293000, 'run.done', '{}', 293);

INSERT INTO offpeak.keys VALUES
	('old key', 'a6832a28149d53adebe99814b7604ba2', 'run', '["titles"]', 90000, 1768465944000, NULL, 1768465944000, NULL, 'old'),
	('ops key', 'c92b7ffc38d66608677773dce2a0b543', 'admin', NULL, 90000, 1768465944000, NULL, NULL, 1768465944000, 'ops');

INSERT INTO offpeak.kysely_migration VALUES
	('0001_first', '2026-01-15T08:00:00.000Z'),
	('0002_evidence', '2026-01-15T08:00:00.000Z'),
	('0003_batch_pages', '2026-01-15T08:00:00.000Z'),
	('0004_intents', '2026-01-15T08:00:00.000Z'),
	('0005_sessions', '2026-01-15T08:00:00.000Z'),
	('0006_simulated', '2026-01-15T08:00:00.000Z'),
	('0007_tries', '2026-01-15T08:00:00.000Z'),
	('0010_submit', '2026-01-15T08:00:00.000Z'),
	('0020_standing_tries', '2026-01-15T08:00:00.000Z'),
	('0022_sink_rows', '2026-01-15T08:00:00.000Z');

INSERT INTO offpeak.kysely_migration_lock VALUES
	('migration_lock', 0);

INSERT INTO offpeak.ledger VALUES
	(1, 'reserve', '2ae2f0', 'titles', 75, 1768464002000, NULL),
	(2, 'reserve', '2ae2f0', 'titles', 75, 1768464004000, NULL),
	(4, 'reserve', '04b708', 'headnotes', 80, 1768464668000, NULL),
	(5, 'reserve', '04b708', 'headnotes', 40, 1768464672000, NULL),
	(6, 'reserve', '04b708', 'headnotes', 40, 1768464675000, NULL),
	(7, 'reserve', '04b708', 'headnotes', 40, 1768464677000, NULL),
	(9, 'reserve', 'a62f68', 'summaries', 80, 1768464739000, NULL),
	(10, 'reserve', 'a62f68', 'summaries', 40, 1768464744000, NULL),
	(11, 'reserve', 'a62f68', 'summaries', 80, 1768464750000, NULL),
	(12, 'reserve', 'a62f68', 'summaries', 40, 1768464756000, NULL),
	(13, 'reserve', 'a62f68', 'summaries', 40, 1768464762000, NULL),
	(14, 'reserve', 'a62f68', 'summaries', 40, 1768464770000, NULL),
	(15, 'reserve', 'a62f68', 'summaries', 80, 1768464778000, NULL),
	(16, 'reserve', 'a62f68', 'summaries', 40, 1768464786000, NULL),
	(17, 'reserve', '2dcb36', 'topics', 80, 1768464855000, NULL),
	(18, 'reserve', '2dcb36', 'topics', 80, 1768464861000, NULL),
	(19, 'reserve', '2dcb36', 'topics', 80, 1768464868000, NULL),
	(21, 'reserve', '2dcb36', 'topics', 80, 1768464875000, NULL),
	(22, 'reserve', '460fb7', 'tags', 80, 1768464942000, NULL),
	(23, 'reserve', '460fb7', 'tags', 80, 1768464948000, NULL),
	(25, 'reserve', '0e002b', 'labels', 120, 1768465018000, NULL),
	(26, 'reserve', 'e20cb1', 'reviews', 80, 1768465083000, NULL),
	(27, 'reserve', 'd6c13b', 'translations', 80, 1768465151000, NULL),
	(27, 'void', 'd6c13b', 'translations', 0, 1768465155000, 'billing_hard_limit_reached'),
	(29, 'reserve', 'a75211', 'products', 160, 1768465217000, NULL),
	(32, 'reserve', 'fa5dda', 'embeddings', 80, 1768465351000, NULL),
	(34, 'reserve', 'b7346c', 'letters', 80, 1768465419000, NULL),
	(35, 'reserve', '822a3b', 'minutes', 80, 1768465487000, NULL),
	(36, 'reserve', '5f8b2a', 'notices', 40, 1768465555000, NULL),
	(38, 'reserve', '759c5a', 'digests', 680, 1768465620000, NULL),
	(38, 'settle', '759c5a', 'digests', 60, 1768465630000, NULL),
	(38, 'duplicate', '759c5a', 'digests', 12, 1768465630000, 'batch batch_late came to light after its attempt was replaced'),
	(39, 'reserve', '759c5a', 'digests', 80, 1768465631000, NULL),
	(39, 'settle', '759c5a', 'digests', 80, 1768465641000, 'the answers are gone; what was reserved counts as spent'),
	(40, 'reserve', '759c5a', 'digests', 80, 1768465643000, NULL),
	(40, 'settle', '759c5a', 'digests', 6, 1768465653000, NULL),
	(41, 'reserve', '369464', 'answers', 120, 1768465716000, NULL),
	(41, 'settle', '369464', 'answers', 52, 1768465721000, NULL),
	(42, 'reserve', '995965', 'lessons', 80, 1768465784000, NULL),
	(42, 'settle', '995965', 'lessons', 12, 1768465794000, NULL),
	(43, 'reserve', '995965', 'lessons', 80, 1768465796000, NULL),
	(44, 'reserve', '2d941a', 'outlines', 80, 1768465867000, NULL),
	(44, 'settle', '2d941a', 'outlines', 6, 1768465877000, NULL);

INSERT INTO offpeak.meta VALUES
	('fixture1', 'lineage'),
	('2', 'intents');

INSERT INTO offpeak.past_tries VALUES
	('759c5a', 14, 1, 0, 38, 14, 'expired', 'it is expired', NULL, NULL, NULL, NULL, NULL, NULL, '759c5a0a0d308349', 4200, 299, NULL, NULL, NULL),
	('759c5a', 15, 1, 0, 38, 15, 'expired', 'it is expired', NULL, NULL, NULL, NULL, NULL, NULL, '759c5a0a0d308349', 4500, 299, NULL, NULL, NULL);

INSERT INTO offpeak.plans VALUES
	('titles', '{"params":{},"limit":3}', '{"schema":"offpeak.plan/1","job":"titles","version":"","provider":"openai","model":"gpt-4o-mini","simulated":false,"source":"articles.jsonl","sink":"append to titles.jsonl","selected":12,"sourceRecords":12,"unknown":0,"sampled":12,"exact":true,"toSend":12,"unchanged":0,"changed":0,"changedParts":{},"isKept":false,"uncompared":0,"inVain":null,"rescue":null,"oldChunks":0,"unusable":0,"unusableExample":null,"paidBefore":null,"files":3,"largestFileBytes":1429,"inputTokens":{"likely":600,"low":600,"high":600,"errorPercent":0},"outputTokensPerRecord":{"likely":30,"atMost":50,"from":"guess"},"tries":3,"cost":{"likelyMicroUsd":153,"atMostMicroUsd":684,"atMostOnceMicroUsd":228,"errorPercent":0,"realtimeMicroUsd":306,"savedMicroUsd":153},"lane":"batch","realtimeModel":null,"deadline":null,"price":{"asOf":"2026-08-01","source":"BerriAI/litellm model_prices_and_context_window.json"},"budgetMicroUsd":null,"followers":[],"quota":{"key":"openai/gpt-4o-mini","limitTokens":null,"usedTokens":0,"waves":null},"checked":["append to titles.jsonl (dry run, rolled back)"],"warnings":[],"nearModels":[],"rewrites":[],"told":[],"keepRows":false,"example":{"key":"1","request":{"model":"gpt-4o-mini","max_completion_tokens":50,"response_format":{"type":"json_schema","json_schema":{"name":"titles","strict":true,"schema":{"type":"object","properties":{"title":{"type":"string"}},"required":["title"],"additionalProperties":false}}},"messages":[{"role":"user","content":"Article 1 tells of harbour 7 and the ships that call there."}]}},"contents":{"keys":"b7d4ce778db83f4ffea9d86926cfe5ac","requests":"ad27bc2c1319dd6f7a61e3376ba5dde4","shared":{"model":"8fc4d1be90","schema":"c7312e96c9","version":"88d46a0c8e","settings":"1544897369"},"job":{"ask":"facf6ddc4354ab4e9d380e77d9e07b0d","write":"3163fb500351a4159936de11d7434c74"}}}', 1768465944000, '5e452d05');

INSERT INTO offpeak.preferences VALUES
	('2ae2f0:one', '2ae2f0:two', '1', 'a', 1768465944000),
	('2ae2f0:one', '2ae2f0:two', '2', 'tie', 1768465944000);

INSERT INTO offpeak.quotas VALUES
	(2000000, 10700, 1768465949000, 'openai/gpt-4o-mini'),
	(40000, 0, 0, 'azure/batch');

INSERT INTO offpeak.repeats VALUES
	('c70acfdd87288ab9557721e54f44bd1e', 1768465944000, 201, '{"id":"2ae2f0"}', 'call-1'),
	('c70acfdd87288ab9557721e54f44bd1e', 1768465944000, NULL, NULL, 'call-2');

INSERT INTO offpeak.requests VALUES
	('2ae2f0', 2, '3', 'm6fd2428c9fdc9b2da38adf467a0f2f4', 'eaf738bb48066030', 0, 2, '2ae2f0b743cbe1bb', 889, 444, NULL, NULL, 'pending', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('2ae2f0', 3, '4', 'm6fd2428c9fdc25fad85d4c1a93312f3', '184287b2a5f3bf57', 0, 3, '2ae2f0b743cbe1bb', 1334, 444, NULL, NULL, 'pending', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('2ae2f0', 4, '5', 'm6fd2428c9f57f48d9dd3da3593128db', '2c0f68f515087794', 1, 0, '2ae2f0902354f921', 0, 444, NULL, NULL, 'pending', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('2ae2f0', 5, '6', 'm6fd2428c9fe66fef08fcd614a82b3da', '024788ca9fa42725', 1, 1, '2ae2f0902354f921', 445, 444, NULL, NULL, 'pending', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('2ae2f0', 6, '7', 'm6fd2428c9f5daa4377df98258e8b95f', 'fb5b804da1c44757', 1, 2, '2ae2f0902354f921', 890, 444, NULL, NULL, 'pending', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('2ae2f0', 7, '8', 'm6fd2428c9f076271383e87463f672b4', 'fd4b029218c10e69', 1, 3, '2ae2f0902354f921', 1335, 444, NULL, NULL, 'pending', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('2ae2f0', 8, '9', 'm6fd2428c9f0283a087482ab7f52bcfe', '1a292019c05ccc43', 2, 0, '2ae2f0e4f95018d3', 0, 444, NULL, NULL, 'pending', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('2ae2f0', 9, '10', 'm6fd2428c9f3e04096f01ba134066ad1', 'cfeffa60d4dad3d0', 2, 1, '2ae2f0e4f95018d3', 445, 445, NULL, NULL, 'pending', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('2ae2f0', 10, '11', 'm6fd2428c9fe344d2ea006cb74f3b597', '7ff3988b6fe4342b', 2, 2, '2ae2f0e4f95018d3', 891, 445, NULL, NULL, 'pending', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('2ae2f0', 11, '12', 'm6fd2428c9fc152f4bbfb4c0a199d3cf', 'f4b6e2172ab85ed6', 2, 3, '2ae2f0e4f95018d3', 1337, 445, NULL, NULL, 'pending', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('2ae2f0', 0, '1', 'm6fd2428c9fb793425329844037d2d71', '7cb04203c1396ced', 0, 0, '2ae2f0b743cbe1bb', 0, 443, NULL, NULL, 'merged', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, 1, '1-c509a1e728f01989.output.jsonl', 0, 431, 40, 10, 6000000, NULL, DEFAULT, NULL),
	('2ae2f0', 1, '2', 'm6fd2428c9fd4b700f022f02302f54c9', '2a9888cd409b3f98', 0, 1, '2ae2f0b743cbe1bb', 444, 444, NULL, NULL, 'merged', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, 1, '1-c509a1e728f01989.output.jsonl', 432, 431, 40, 10, 6000000, NULL, DEFAULT, NULL),
	('04b708', 0, 'headnotes-0', 'headnotes-print-0', 'hash', 0, 0, '04b7080b46cec298', 0, 299, NULL, NULL, 'pending', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('04b708', 1, 'headnotes-1', 'headnotes-print-1', 'hash', 0, 1, '04b7080b46cec298', 300, 299, NULL, NULL, 'pending', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('04b708', 2, 'headnotes-2', 'headnotes-print-2', 'hash', 1, 0, '04b708441f5c9f37', 0, 299, NULL, NULL, 'pending', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('04b708', 3, 'headnotes-3', 'headnotes-print-3', 'hash', 2, 0, '04b7080613a51eb1', 0, 299, NULL, NULL, 'pending', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('04b708', 4, 'headnotes-4', 'headnotes-print-4', 'hash', 3, 0, '04b708da655db081', 0, 299, NULL, NULL, 'pending', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('04b708', 5, 'headnotes-5', 'headnotes-print-5', 'hash', 4, 0, '04b708f85c3ab09e', 0, 299, NULL, NULL, 'pending', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('a62f68', 0, 'summaries-0', 'summaries-print-0', 'hash', 0, 0, 'a62f68e824f88121', 0, 299, NULL, NULL, 'pending', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('a62f68', 1, 'summaries-1', 'summaries-print-1', 'hash', 0, 1, 'a62f68e824f88121', 300, 299, NULL, NULL, 'pending', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('a62f68', 2, 'summaries-same', 'summaries-print-0', 'hash', 0, NULL, NULL, NULL, NULL, NULL, NULL, 'pending', NULL, 0, 0, 0, NULL, 0, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('a62f68', 3, 'summaries-3', 'summaries-print-3', 'hash', 1, 0, 'a62f6814da1400a2', 0, 299, NULL, NULL, 'pending', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('a62f68', 4, 'summaries-4', 'summaries-print-4', 'hash', 2, 0, 'a62f68dbba80295d', 0, 299, NULL, NULL, 'pending', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('a62f68', 5, 'summaries-5', 'summaries-print-5', 'hash', 2, 1, 'a62f68dbba80295d', 300, 299, NULL, NULL, 'pending', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('a62f68', 6, 'summaries-6', 'summaries-print-6', 'hash', 3, 0, 'a62f68ad2e6cb6ff', 0, 299, NULL, NULL, 'pending', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('a62f68', 7, 'summaries-7', 'summaries-print-7', 'hash', 4, 0, 'a62f681cc3ae7c02', 0, 299, NULL, NULL, 'pending', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('a62f68', 8, 'summaries-8', 'summaries-print-8', 'hash', 5, 0, 'a62f68a7fd8c0d15', 0, 299, NULL, NULL, 'pending', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('a62f68', 9, 'summaries-9', 'summaries-print-9', 'hash', 6, 0, 'a62f68f1681ad880', 0, 299, NULL, NULL, 'pending', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('a62f68', 10, 'summaries-10', 'summaries-print-10', 'hash', 6, 1, 'a62f68f1681ad880', 300, 299, NULL, NULL, 'pending', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('a62f68', 11, 'summaries-11', 'summaries-print-11', 'hash', 7, 0, 'a62f68020b519a30', 0, 299, NULL, NULL, 'pending', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('2dcb36', 0, 'topics-0', 'topics-print-0', 'hash', 0, 0, '2dcb363852ac9e20', 0, 299, NULL, NULL, 'pending', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('2dcb36', 1, 'topics-1', 'topics-print-1', 'hash', 0, 1, '2dcb363852ac9e20', 300, 299, NULL, NULL, 'pending', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('2dcb36', 2, 'topics-2', 'topics-print-2', 'hash', 1, 0, '2dcb36cd041d6b80', 0, 299, NULL, NULL, 'pending', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('2dcb36', 3, 'topics-3', 'topics-print-3', 'hash', 1, 1, '2dcb36cd041d6b80', 300, 299, NULL, NULL, 'pending', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('2dcb36', 4, 'topics-4', 'topics-print-4', 'hash', 2, 0, '2dcb3686d9832caf', 0, 299, NULL, NULL, 'pending', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('2dcb36', 5, 'topics-5', 'topics-print-5', 'hash', 2, 1, '2dcb3686d9832caf', 300, 299, NULL, NULL, 'pending', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('460fb7', 0, 'tags-0', 'tags-print-0', 'hash', 0, 0, '460fb7dd77b5826a', 0, 299, NULL, NULL, 'pending', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('460fb7', 1, 'tags-1', 'tags-print-1', 'hash', 0, 1, '460fb7dd77b5826a', 300, 299, NULL, NULL, 'pending', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('460fb7', 2, 'tags-2', 'tags-print-2', 'hash', 1, 0, '460fb7fc15633375', 0, 299, NULL, NULL, 'pending', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('460fb7', 3, 'tags-3', 'tags-print-3', 'hash', 1, 1, '460fb7fc15633375', 300, 299, NULL, NULL, 'pending', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('460fb7', 4, 'tags-4', 'tags-print-4', 'hash', 2, 0, '460fb73416e65e49', 0, 299, NULL, NULL, 'cancelled', 'cancelled before it was sent', 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('460fb7', 5, 'tags-5', 'tags-print-5', 'hash', 2, 1, '460fb73416e65e49', 300, 299, NULL, NULL, 'cancelled', 'cancelled before it was sent', 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('0e002b', 0, 'labels-0', 'labels-print-0', 'hash', 0, 0, '0e002b33c88c5d59', 0, 299, NULL, NULL, 'pending', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('0e002b', 1, 'labels-1', 'labels-print-1', 'hash', 0, 1, '0e002b33c88c5d59', 300, 299, NULL, NULL, 'pending', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('0e002b', 2, 'labels-2', 'labels-print-2', 'hash', 0, 2, '0e002b33c88c5d59', 600, 299, NULL, NULL, 'pending', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('e20cb1', 0, 'reviews-0', 'reviews-print-0', 'hash', 0, 0, 'e20cb1aa2c5eb6a3', 0, 299, NULL, NULL, 'pending', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('e20cb1', 1, 'reviews-1', 'reviews-print-1', 'hash', 0, 1, 'e20cb1aa2c5eb6a3', 300, 299, NULL, NULL, 'pending', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('d6c13b', 0, 'translations-0', 'translations-print-0', 'hash', 0, 0, 'd6c13b1b83a877fa', 0, 299, NULL, NULL, 'pending', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('d6c13b', 1, 'translations-1', 'translations-print-1', 'hash', 0, 1, 'd6c13b1b83a877fa', 300, 299, NULL, NULL, 'pending', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('a75211', 3, 'products-3', 'products-print-3', 'hash', 0, 3, 'a752119d79aa68dd', 900, 299, NULL, NULL, 'pending', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('a75211', 0, 'products-0', 'products-print-0', 'hash', 0, 0, 'a752119d79aa68dd', 0, 299, NULL, NULL, 'merged', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, 29, '29-1909490895afae75.output.jsonl', 0, 399, 40, 10, 6000000, NULL, DEFAULT, NULL),
	('a75211', 1, 'products-1', 'products-print-1', 'hash', 0, 1, 'a752119d79aa68dd', 300, 299, NULL, NULL, 'merged', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, 29, '29-1909490895afae75.output.jsonl', 400, 399, 40, 10, 6000000, NULL, DEFAULT, NULL),
	('a75211', 2, 'products-2', 'products-print-2', 'hash', 0, 2, 'a752119d79aa68dd', 600, 299, NULL, NULL, 'rescued', 'it is rescued', 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, 29, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('b4bfdd', 0, 'drafts-0', 'drafts-print-0', 'hash', 0, 0, 'b4bfddb56f7165c0', 0, 299, NULL, NULL, 'pending', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('b4bfdd', 1, 'drafts-1', 'drafts-print-1', 'hash', 0, 1, 'b4bfddb56f7165c0', 300, 299, NULL, NULL, 'pending', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('b4bfdd', 2, 'drafts-2', 'drafts-print-2', 'hash', 1, 0, 'b4bfdde2cdc415fb', 0, 299, NULL, NULL, 'pending', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('fa5dda', 0, 'embeddings-0', 'embeddings-print-0', 'hash', 0, 0, 'fa5dda1fc21d45c2', 0, 299, NULL, NULL, 'pending', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('fa5dda', 1, 'embeddings-1', 'embeddings-print-1', 'hash', 0, 1, 'fa5dda1fc21d45c2', 300, 299, NULL, NULL, 'pending', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('fa5dda', 2, 'embeddings-2', 'embeddings-print-2', 'hash', 1, 0, 'fa5dda6b6817001a', 0, 299, NULL, NULL, 'pending', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('fa5dda', 3, 'embeddings-3', 'embeddings-print-3', 'hash', 1, 1, 'fa5dda6b6817001a', 300, 299, NULL, NULL, 'pending', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('b7346c', 0, 'letters-0', 'letters-print-0', 'hash', 0, 0, 'b7346c72d53d961e', 0, 299, NULL, NULL, 'pending', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('b7346c', 1, 'letters-1', 'letters-print-1', 'hash', 0, 1, 'b7346c72d53d961e', 300, 299, NULL, NULL, 'pending', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('822a3b', 0, 'minutes-0', 'minutes-print-0', 'hash', 0, 0, '822a3b75af38cf1b', 0, 299, NULL, NULL, 'pending', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('822a3b', 1, 'minutes-1', 'minutes-print-1', 'hash', 0, 1, '822a3b75af38cf1b', 300, 299, NULL, NULL, 'pending', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('5f8b2a', 0, 'notices-0', 'notices-print-0', 'hash', 0, 0, '5f8b2a2b9553c5b5', 0, 299, NULL, NULL, 'pending', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('5f8b2a', 1, 'notices-1', 'notices-print-1', 'hash', 1, 0, '5f8b2a75516105ef', 0, 299, NULL, NULL, 'pending', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('759c5a', 18, 'digests-bad', 'print-18', 'hash', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'unrenderable', 'the row has no text', 0, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('759c5a', 19, 'digests-big', 'print-19', 'hash', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'oversize', '400,000 tokens are over the limit', 0, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('759c5a', 0, 'digests-0', 'digests-print-0', 'hash', 0, 0, '759c5a0a0d308349', 0, 299, NULL, NULL, 'merged', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, 38, '38-9e6224a34417db64.output.jsonl', 0, 399, 40, 10, 6000000, NULL, DEFAULT, NULL),
	('759c5a', 1, 'digests-1', 'digests-print-1', 'hash', 0, 1, '759c5a0a0d308349', 300, 299, NULL, NULL, 'invalid', 'it is invalid', 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, 38, '38-9e6224a34417db64.output.jsonl', 400, 399, 40, 10, 6000000, NULL, DEFAULT, NULL),
	('759c5a', 4, 'digests-4', 'digests-print-4', 'hash', 0, 4, '759c5a0a0d308349', 1200, 299, NULL, NULL, 'review', 'it is review', 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, 38, '38-9e6224a34417db64.output.jsonl', 1600, 399, 40, 10, 6000000, 420, DEFAULT, NULL),
	('759c5a', 20, 'digests-20', 'digests-print-20', 'hash', 1, 0, '759c5afba3f829c2', 0, 299, NULL, NULL, 'lost', 'it is lost', 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, 39, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('759c5a', 2, 'digests-2', 'digests-print-2', 'hash', 0, 2, '759c5a0a0d308349', 600, 299, NULL, NULL, 'merged', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, 38, '38-9e6224a34417db64.output.jsonl', 800, 399, 40, 10, 6000000, 420, DEFAULT, NULL),
	('759c5a', 3, 'digests-3', 'digests-print-3', 'hash', 0, 3, '759c5a0a0d308349', 900, 299, NULL, NULL, 'declined', 'turned down by ada', 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, 38, '38-9e6224a34417db64.output.jsonl', 1200, 399, 40, 10, 6000000, 420, DEFAULT, NULL),
	('759c5a', 5, 'digests-5', 'digests-print-5', 'hash', 0, 5, '759c5a0a0d308349', 1500, 299, NULL, NULL, 'truncated', 'it is truncated', 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, 38, '38-9e6224a34417db64.output.jsonl', 2000, 399, 40, 10, 6000000, NULL, DEFAULT, NULL),
	('759c5a', 6, 'digests-6', 'digests-print-6', 'hash', 0, 6, '759c5a0a0d308349', 1800, 299, NULL, NULL, 'refused', 'it is refused', 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, 38, '38-9e6224a34417db64.output.jsonl', 2400, 399, 40, 10, 6000000, NULL, DEFAULT, NULL),
	('759c5a', 7, 'digests-7', 'digests-print-7', 'hash', 0, 7, '759c5a0a0d308349', 2100, 299, NULL, NULL, 'failed', 'it is failed', 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, 38, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('759c5a', 8, 'digests-8', 'digests-print-8', 'hash', 0, 8, '759c5a0a0d308349', 2400, 299, NULL, NULL, 'transient', 'it is transient', 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, 38, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('759c5a', 9, 'digests-9', 'digests-print-9', 'hash', 0, 9, '759c5a0a0d308349', 2700, 299, NULL, NULL, 'expired', 'it is expired', 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, 38, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('759c5a', 10, 'digests-10', 'digests-print-10', 'hash', 0, 10, '759c5a0a0d308349', 3000, 299, NULL, NULL, 'missing', 'it is missing', 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, 38, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('759c5a', 11, 'digests-11', 'digests-print-11', 'hash', 0, 11, '759c5a0a0d308349', 3300, 299, NULL, NULL, 'cancelled', 'it is cancelled', 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, 38, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('759c5a', 12, 'digests-12', 'digests-print-12', 'hash', 0, 12, '759c5a0a0d308349', 3600, 299, NULL, NULL, 'stale', 'it is stale', 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, 38, '38-9e6224a34417db64.output.jsonl', 4800, 399, 40, 10, 6000000, NULL, DEFAULT, NULL),
	('759c5a', 13, 'digests-13', 'digests-print-13', 'hash', 0, 13, '759c5a0a0d308349', 3900, 299, NULL, NULL, 'rejected', 'it is rejected', 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, 38, '38-9e6224a34417db64.output.jsonl', 5200, 399, 40, 10, 6000000, NULL, DEFAULT, NULL),
	('759c5a', 16, 'digests-16', 'digests-print-16', 'hash', 0, 16, '759c5a0a0d308349', 4800, 299, NULL, NULL, 'merged', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, 38, '38-9e6224a34417db64.output.jsonl', 6400, 399, 40, 10, 6000000, NULL, DEFAULT, NULL),
	('759c5a', 17, 'digests-same', 'digests-print-0', 'hash', 0, NULL, NULL, NULL, NULL, NULL, NULL, 'merged', NULL, 0, 0, 0, NULL, 0, 0, NULL, NULL, NULL, 0, 38, '38-9e6224a34417db64.output.jsonl', 0, 399, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('759c5a', 21, 'digests-21', 'digests-print-21', 'hash', 1, 1, '759c5afba3f829c2', 300, 299, NULL, NULL, 'lost', 'it is lost', 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, 39, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('759c5a', 14, 'digests-14', 'digests-print-14', 'hash', 2, 0, '759c5aefbc20fbc0', 0, 299, NULL, NULL, 'merged', NULL, 2, 1, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, 40, '40-c4cadab29bb149ff.output.jsonl', 0, 399, 40, 10, 6000000, NULL, DEFAULT, NULL),
	('759c5a', 15, 'digests-15', 'digests-print-15', 'hash', 2, 1, '759c5aefbc20fbc0', 300, 299, NULL, NULL, 'missing', 'it is missing', 2, 1, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, 40, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('369464', 0, 'answers-0', 'answers-print-0', 'hash', 0, 0, '3694640bc6d79b3c', 0, 299, NULL, NULL, 'merged', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, 41, '41-5a8b78cfe96a9e56.output.jsonl', 0, 399, 40, 10, 6000000, NULL, DEFAULT, NULL),
	('369464', 1, 'answers-1', 'answers-print-1', 'hash', 0, 1, '3694640bc6d79b3c', 300, 299, NULL, NULL, 'merged', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, 41, '41-5a8b78cfe96a9e56.output.jsonl', 400, 399, 40, 10, 6000000, NULL, DEFAULT, NULL),
	('369464', 2, 'answers-2', 'answers-print-2', 'hash', 0, 2, '3694640bc6d79b3c', 600, 299, NULL, NULL, 'unsure', 'it is unsure', 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, 41, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('995965', 0, 'lessons-00', 'lessons-print-0', 'hash', 0, 0, '9959654356fa9e7a', 0, 299, NULL, NULL, 'merged', NULL, 1, 0, 0, NULL, NULL, 0, 'lessons-0', 0, 2, 1, 42, '42-373943e9b9a735ba.output.jsonl', 0, 399, 40, 10, 6000000, NULL, DEFAULT, NULL),
	('995965', 3, 'lessons-11', 'lessons-print-3', 'hash', 1, 1, '9959656e1c99461f', 300, 299, NULL, NULL, 'pending', NULL, 1, 0, 0, NULL, NULL, 0, 'lessons-1', 1, 2, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('995965', 1, 'lessons-01', 'lessons-print-1', 'hash', 0, 1, '9959654356fa9e7a', 300, 299, NULL, NULL, 'merged', NULL, 1, 0, 0, NULL, NULL, 0, 'lessons-0', 1, 2, 1, 42, '42-373943e9b9a735ba.output.jsonl', 400, 399, 40, 10, 6000000, NULL, DEFAULT, NULL),
	('995965', 2, 'lessons-10', 'lessons-print-2', 'hash', 1, 0, '9959656e1c99461f', 0, 299, NULL, NULL, 'held', NULL, 1, 0, 0, NULL, NULL, 0, 'lessons-1', 0, 2, 0, 43, '43-dbca9babd2aa4cac.output.jsonl', 0, 399, 40, 10, 6000000, NULL, DEFAULT, NULL),
	('2d941a', 0, 'outlines-0', 'outlines-print-0', 'hash', 0, 0, '2d941a56ae3dc467', 0, 299, NULL, NULL, 'merged', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, 44, '44-0257f1c33bb4bc3a.output.jsonl', 0, 399, 40, 10, 6000000, NULL, DEFAULT, NULL),
	('2d941a', 1, 'outlines-1', 'outlines-print-1', 'hash', 0, 1, '2d941a56ae3dc467', 300, 299, NULL, NULL, 'cancelled', 'it is cancelled', 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, 44, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('2d941a', 2, 'outlines-2', 'outlines-print-2', 'hash', 1, 0, '2d941a86d8402131', 0, 299, NULL, NULL, 'cancelled', 'cancelled before it was sent', 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('2d941a', 3, 'outlines-3', 'outlines-print-3', 'hash', 1, 1, '2d941a86d8402131', 300, 299, NULL, NULL, 'cancelled', 'cancelled before it was sent', 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('8bce9d', 0, 'archive-0', 'archive-print-0', 'hash', 0, 0, '8bce9d5fc7b53c48', 0, 299, NULL, NULL, 'merged', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, 46, '46-8d848f5a96d2a5bd.output.jsonl', 0, 399, 40, 10, 6000000, NULL, DEFAULT, NULL);
INSERT INTO offpeak.requests VALUES
	('8bce9d', 1, 'archive-1', 'archive-print-1', 'hash', 0, 1, '8bce9d5fc7b53c48', 300, 299, NULL, NULL, 'merged', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, 46, '46-8d848f5a96d2a5bd.output.jsonl', 400, 399, 40, 10, 6000000, NULL, DEFAULT, NULL);

INSERT INTO offpeak.runs VALUES
	('titles', 'titles', 'running', NULL, NULL, NULL, 0, '{"job":"titles","version":"","params":{},"model":"gpt-4o-mini","pricedAs":"gpt-4o-mini","realtimeModel":null,"provider":"openai","endpoint":"/v1/chat/completions","quotaKey":"openai/gpt-4o-mini","lane":"batch","deadlineMs":null,"fallback":null,"price":{"steps":[{"aboveTokens":0,"inputPerMillion":75000,"cachedInputPerMillion":75000,"cacheWritePerMillion":75000,"outputPerMillion":300000}]},"flexPrice":null,"realtimePrice":{"steps":[{"aboveTokens":0,"inputPerMillion":150000,"cachedInputPerMillion":75000,"cacheWritePerMillion":150000,"outputPerMillion":600000}]},"maxOutputTokens":50,"contextTokens":128000,"maxTries":3,"repair":false,"capMicroUsd":100000,"perDayMicroUsd":null,"shared":null,"payer":null,"followers":[],"follows":null,"rescue":null,"limit":null,"only":null,"redo":false,"payAgain":false,"keep":false,"meaning":{"model":"8fc4d1be90","schema":"c7312e96c9","version":"88d46a0c8e","settings":"1544897369"},"keepRows":false,"joins":false,"writes":true,"imported":false,"brought":[],"textAs":null,"examples":[],"definition":{"ask":"facf6ddc4354ab4e9d380e77d9e07b0d","write":"3163fb500351a4159936de11d7434c74"}}', 1768464000000, NULL, 0, '953 13 12 953:1768464000000000000', 1, '953:1768464000000000000', 12, 3, 0, 0, 12, 0, 0, '{}', '{"schema":"offpeak.plan/1","job":"titles","version":"","provider":"openai","model":"gpt-4o-mini","simulated":false,"source":"articles.jsonl","sink":"append to titles.jsonl","selected":12,"sourceRecords":12,"unknown":0,"sampled":12,"exact":true,"toSend":12,"unchanged":0,"changed":0,"changedParts":{},"isKept":false,"uncompared":0,"inVain":null,"rescue":null,"oldChunks":0,"unusable":0,"unusableExample":null,"paidBefore":null,"files":3,"largestFileBytes":1429,"inputTokens":{"likely":600,"low":600,"high":600,"errorPercent":0},"outputTokensPerRecord":{"likely":30,"atMost":50,"from":"guess"},"tries":3,"cost":{"likelyMicroUsd":153,"atMostMicroUsd":684,"atMostOnceMicroUsd":228,"errorPercent":0,"realtimeMicroUsd":306,"savedMicroUsd":153},"lane":"batch","realtimeModel":null,"deadline":null,"price":{"asOf":"2026-08-01","source":"BerriAI/litellm model_prices_and_context_window.json"},"budgetMicroUsd":null,"followers":[],"quota":{"key":"openai/gpt-4o-mini","limitTokens":null,"usedTokens":0,"waves":null},"checked":["append to titles.jsonl (dry run, rolled back)"],"warnings":[],"nearModels":[],"rewrites":[],"told":[],"keepRows":false,"example":{"key":"1","request":{"model":"gpt-4o-mini","max_completion_tokens":50,"response_format":{"type":"json_schema","json_schema":{"name":"titles","strict":true,"schema":{"type":"object","properties":{"title":{"type":"string"}},"required":["title"],"additionalProperties":false}}},"messages":[{"role":"user","content":"Article 1 tells of harbour 7 and the ships that call there."}]}},"contents":{"keys":"b7d4ce778db83f4ffea9d86926cfe5ac","requests":"ad27bc2c1319dd6f7a61e3376ba5dde4","shared":{"model":"8fc4d1be90","schema":"c7312e96c9","version":"88d46a0c8e","settings":"1544897369"},"job":{"ask":"facf6ddc4354ab4e9d380e77d9e07b0d","write":"3163fb500351a4159936de11d7434c74"}}}', 1, NULL, 0, 1768464000000, '2ae2f0', NULL, NULL, 0, NULL, 'openai', '127.0.0.1:42877/486a03892752', 0, 'all', 0),
	('headnotes', 'headnotes', 'building', NULL, NULL, NULL, 0, '{"job":"headnotes","version":"","params":{},"model":"gpt-4o-mini","pricedAs":"gpt-4o-mini","realtimeModel":null,"provider":"openai","endpoint":"/v1/chat/completions","quotaKey":"openai/gpt-4o-mini","lane":"batch","deadlineMs":null,"fallback":null,"price":{"steps":[{"aboveTokens":0,"inputPerMillion":75000,"cachedInputPerMillion":75000,"cacheWritePerMillion":75000,"outputPerMillion":300000}]},"flexPrice":null,"realtimePrice":{"steps":[{"aboveTokens":0,"inputPerMillion":150000,"cachedInputPerMillion":75000,"cacheWritePerMillion":150000,"outputPerMillion":600000}]},"maxOutputTokens":50,"contextTokens":128000,"maxTries":3,"repair":false,"capMicroUsd":100000,"perDayMicroUsd":50000,"shared":null,"payer":null,"followers":[],"follows":null,"rescue":null,"limit":null,"only":null,"redo":false,"payAgain":false,"keep":false,"meaning":{"model":"8fc4d1be90","schema":"c7312e96c9","version":"88d46a0c8e","settings":"1544897369"},"keepRows":true,"joins":false,"writes":true,"imported":false,"brought":[],"textAs":null,"examples":[],"definition":{"ask":"facf6ddc4354ab4e9d380e77d9e07b0d","write":"3163fb500351a4159936de11d7434c74"}}', 1768464666000, NULL, 0, '{"at":6}', 0, NULL, 6, 5, 0, 0, 6, 0, 0, '{}', NULL, 1, NULL, 0, 1768464682000, '04b708', NULL, NULL, 0, NULL, 'openai', 'host/key', 0, 'all', 0),
	('summaries', 'summaries', 'running', NULL, NULL, NULL, 0, '{"job":"summaries","version":"","params":{},"model":"gpt-4o-mini","pricedAs":"gpt-4o-mini","realtimeModel":null,"provider":"openai","endpoint":"/v1/chat/completions","quotaKey":"openai/gpt-4o-mini","lane":"batch","deadlineMs":null,"fallback":null,"price":{"steps":[{"aboveTokens":0,"inputPerMillion":75000,"cachedInputPerMillion":75000,"cacheWritePerMillion":75000,"outputPerMillion":300000}]},"flexPrice":null,"realtimePrice":{"steps":[{"aboveTokens":0,"inputPerMillion":150000,"cachedInputPerMillion":75000,"cacheWritePerMillion":150000,"outputPerMillion":600000}]},"maxOutputTokens":50,"contextTokens":128000,"maxTries":3,"repair":false,"capMicroUsd":100000,"perDayMicroUsd":null,"shared":{"key":"shared:night","capMicroUsd":200000},"payer":null,"followers":[],"follows":null,"rescue":null,"limit":null,"only":null,"redo":false,"payAgain":false,"keep":false,"meaning":{"model":"8fc4d1be90","schema":"c7312e96c9","version":"88d46a0c8e","settings":"1544897369"},"keepRows":false,"joins":false,"writes":true,"imported":false,"brought":[],"textAs":null,"examples":[],"definition":{"ask":"facf6ddc4354ab4e9d380e77d9e07b0d","write":"3163fb500351a4159936de11d7434c74"}}', 1768464737000, NULL, 0, '{"at":12}', 1, NULL, 12, 8, 0, 0, 12, 0, 0, '{}', NULL, 1, NULL, 0, 1768464753000, 'a62f68', NULL, NULL, 0, NULL, 'openai', 'host/key', 0, 'all', 0),
	('topics', 'topics', 'running', NULL, NULL, NULL, 0, '{"job":"topics","version":"","params":{},"model":"gpt-4o-mini","pricedAs":"gpt-4o-mini","realtimeModel":null,"provider":"openai","endpoint":"/v1/chat/completions","quotaKey":"openai/gpt-4o-mini","lane":"batch","deadlineMs":null,"fallback":null,"price":{"steps":[{"aboveTokens":0,"inputPerMillion":75000,"cachedInputPerMillion":75000,"cacheWritePerMillion":75000,"outputPerMillion":300000}]},"flexPrice":null,"realtimePrice":{"steps":[{"aboveTokens":0,"inputPerMillion":150000,"cachedInputPerMillion":75000,"cacheWritePerMillion":150000,"outputPerMillion":600000}]},"maxOutputTokens":50,"contextTokens":128000,"maxTries":3,"repair":false,"capMicroUsd":100000,"perDayMicroUsd":null,"shared":null,"payer":{"key":"key:ops","capMicroUsd":90000},"followers":[],"follows":null,"rescue":null,"limit":null,"only":null,"redo":false,"payAgain":false,"keep":false,"meaning":{"model":"8fc4d1be90","schema":"c7312e96c9","version":"88d46a0c8e","settings":"1544897369"},"keepRows":false,"joins":false,"writes":true,"imported":false,"brought":[],"textAs":null,"examples":[],"definition":{"ask":"facf6ddc4354ab4e9d380e77d9e07b0d","write":"3163fb500351a4159936de11d7434c74"}}', 1768464853000, NULL, 0, '{"at":6}', 1, NULL, 6, 3, 0, 0, 6, 0, 0, '{}', NULL, 1, NULL, 0, 1768464869000, '2dcb36', NULL, NULL, 0, NULL, 'openai', 'host/key', 0, 'all', 0),
	('tags', 'tags', 'cancelling', NULL, NULL, NULL, 0, '{"job":"tags","version":"","params":{},"model":"gpt-4o-mini","pricedAs":"gpt-4o-mini","realtimeModel":null,"provider":"openai","endpoint":"/v1/chat/completions","quotaKey":"openai/gpt-4o-mini","lane":"batch","deadlineMs":null,"fallback":null,"price":{"steps":[{"aboveTokens":0,"inputPerMillion":75000,"cachedInputPerMillion":75000,"cacheWritePerMillion":75000,"outputPerMillion":300000}]},"flexPrice":null,"realtimePrice":{"steps":[{"aboveTokens":0,"inputPerMillion":150000,"cachedInputPerMillion":75000,"cacheWritePerMillion":150000,"outputPerMillion":600000}]},"maxOutputTokens":50,"contextTokens":128000,"maxTries":3,"repair":false,"capMicroUsd":100000,"perDayMicroUsd":null,"shared":null,"payer":null,"followers":[],"follows":null,"rescue":null,"limit":null,"only":null,"redo":false,"payAgain":false,"keep":false,"meaning":{"model":"8fc4d1be90","schema":"c7312e96c9","version":"88d46a0c8e","settings":"1544897369"},"keepRows":false,"joins":false,"writes":true,"imported":false,"brought":[],"textAs":null,"examples":[],"definition":{"ask":"facf6ddc4354ab4e9d380e77d9e07b0d","write":"3163fb500351a4159936de11d7434c74"}}', 1768464940000, NULL, 0, '{"at":6}', 1, NULL, 6, 3, 0, 0, 6, 0, 0, '{}', NULL, 1, NULL, 0, 1768464956000, '460fb7', NULL, NULL, 0, NULL, 'openai', 'host/key', 0, 'all', 0),
	('labels', 'labels', 'paused', 'budget', 'budget: the next file can cost $0.000120; $0.000090 more is needed', 90, 0, '{"job":"labels","version":"","params":{},"model":"gpt-4o-mini","pricedAs":"gpt-4o-mini","realtimeModel":null,"provider":"openai","endpoint":"/v1/chat/completions","quotaKey":"openai/gpt-4o-mini","lane":"realtime","deadlineMs":null,"fallback":null,"price":{"steps":[{"aboveTokens":0,"inputPerMillion":75000,"cachedInputPerMillion":75000,"cacheWritePerMillion":75000,"outputPerMillion":300000}]},"flexPrice":null,"realtimePrice":{"steps":[{"aboveTokens":0,"inputPerMillion":150000,"cachedInputPerMillion":75000,"cacheWritePerMillion":150000,"outputPerMillion":600000}]},"maxOutputTokens":50,"contextTokens":128000,"maxTries":3,"repair":false,"capMicroUsd":150,"perDayMicroUsd":null,"shared":null,"payer":null,"followers":[],"follows":null,"rescue":null,"limit":null,"only":null,"redo":false,"payAgain":false,"keep":false,"meaning":{"model":"8fc4d1be90","schema":"c7312e96c9","version":"88d46a0c8e","settings":"1544897369"},"keepRows":false,"joins":false,"writes":true,"imported":false,"brought":[],"textAs":null,"examples":[],"definition":{"ask":"facf6ddc4354ab4e9d380e77d9e07b0d","write":"3163fb500351a4159936de11d7434c74"}}', 1768465016000, NULL, 0, '{"at":3}', 1, NULL, 3, 1, 0, 0, 3, 0, 0, '{}', NULL, 1, NULL, 0, NULL, '0e002b', NULL, NULL, 0, NULL, 'openai', 'host/key', 0, 'all', 0),
	('reviews', 'reviews', 'paused', 'credentials', 'openai refused the key: Incorrect API key provided', NULL, 0, '{"job":"reviews","version":"","params":{},"model":"gpt-4o-mini","pricedAs":"gpt-4o-mini","realtimeModel":null,"provider":"openai","endpoint":"/v1/chat/completions","quotaKey":"openai/gpt-4o-mini","lane":"batch","deadlineMs":null,"fallback":null,"price":{"steps":[{"aboveTokens":0,"inputPerMillion":75000,"cachedInputPerMillion":75000,"cacheWritePerMillion":75000,"outputPerMillion":300000}]},"flexPrice":null,"realtimePrice":{"steps":[{"aboveTokens":0,"inputPerMillion":150000,"cachedInputPerMillion":75000,"cacheWritePerMillion":150000,"outputPerMillion":600000}]},"maxOutputTokens":50,"contextTokens":128000,"maxTries":3,"repair":false,"capMicroUsd":100000,"perDayMicroUsd":null,"shared":null,"payer":null,"followers":[],"follows":null,"rescue":null,"limit":null,"only":null,"redo":false,"payAgain":false,"keep":false,"meaning":{"model":"8fc4d1be90","schema":"c7312e96c9","version":"88d46a0c8e","settings":"1544897369"},"keepRows":false,"joins":false,"writes":true,"imported":false,"brought":[],"textAs":null,"examples":[],"definition":{"ask":"facf6ddc4354ab4e9d380e77d9e07b0d","write":"3163fb500351a4159936de11d7434c74"}}', 1768465081000, NULL, 0, '{"at":2}', 1, NULL, 2, 1, 0, 0, 2, 0, 0, '{}', NULL, 1, NULL, 0, NULL, 'e20cb1', NULL, NULL, 0, NULL, 'openai', 'host/key', 0, 'all', 0),
	('translations', 'translations', 'paused', 'provider', 'openai refused a batch: billing_hard_limit_reached', NULL, 0, '{"job":"translations","version":"","params":{},"model":"gpt-4o-mini","pricedAs":"gpt-4o-mini","realtimeModel":null,"provider":"openai","endpoint":"/v1/chat/completions","quotaKey":"openai/gpt-4o-mini","lane":"batch","deadlineMs":null,"fallback":null,"price":{"steps":[{"aboveTokens":0,"inputPerMillion":75000,"cachedInputPerMillion":75000,"cacheWritePerMillion":75000,"outputPerMillion":300000}]},"flexPrice":null,"realtimePrice":{"steps":[{"aboveTokens":0,"inputPerMillion":150000,"cachedInputPerMillion":75000,"cacheWritePerMillion":150000,"outputPerMillion":600000}]},"maxOutputTokens":50,"contextTokens":128000,"maxTries":3,"repair":false,"capMicroUsd":100000,"perDayMicroUsd":null,"shared":null,"payer":null,"followers":[],"follows":null,"rescue":null,"limit":null,"only":null,"redo":false,"payAgain":false,"keep":false,"meaning":{"model":"8fc4d1be90","schema":"c7312e96c9","version":"88d46a0c8e","settings":"1544897369"},"keepRows":false,"joins":false,"writes":true,"imported":false,"brought":[],"textAs":null,"examples":[],"definition":{"ask":"facf6ddc4354ab4e9d380e77d9e07b0d","write":"3163fb500351a4159936de11d7434c74"}}', 1768465149000, NULL, 0, '{"at":2}', 1, NULL, 2, 1, 0, 0, 2, 0, 0, '{}', NULL, 1, NULL, 0, 1768465155000, 'd6c13b', NULL, NULL, 0, NULL, 'openai', 'host/key', 0, 'all', 0),
	('products', 'products', 'paused', 'job', 'the answers cannot be written: column "name" does not exist', NULL, 0, '{"job":"products","version":"","params":{},"model":"gpt-4o-mini","pricedAs":"gpt-4o-mini","realtimeModel":null,"provider":"openai","endpoint":"/v1/chat/completions","quotaKey":"openai/gpt-4o-mini","lane":"batch","deadlineMs":null,"fallback":null,"price":{"steps":[{"aboveTokens":0,"inputPerMillion":75000,"cachedInputPerMillion":75000,"cacheWritePerMillion":75000,"outputPerMillion":300000}]},"flexPrice":null,"realtimePrice":{"steps":[{"aboveTokens":0,"inputPerMillion":150000,"cachedInputPerMillion":75000,"cacheWritePerMillion":150000,"outputPerMillion":600000}]},"maxOutputTokens":50,"contextTokens":128000,"maxTries":3,"repair":false,"capMicroUsd":100000,"perDayMicroUsd":null,"shared":null,"payer":null,"followers":[],"follows":null,"rescue":null,"limit":null,"only":null,"redo":false,"payAgain":false,"keep":false,"meaning":{"model":"8fc4d1be90","schema":"c7312e96c9","version":"88d46a0c8e","settings":"1544897369"},"keepRows":false,"joins":false,"writes":true,"imported":false,"brought":[],"textAs":null,"examples":[],"definition":{"ask":"facf6ddc4354ab4e9d380e77d9e07b0d","write":"3163fb500351a4159936de11d7434c74"}}', 1768465215000, NULL, 0, '{"at":4}', 1, NULL, 4, 1, 0, 0, 4, 0, 0, '{}', NULL, 1, NULL, 0, NULL, 'a75211', NULL, NULL, 0, NULL, 'openai', 'host/key', 0, 'all', 0),
	('drafts', 'drafts', 'paused', 'submit', 'the files are built and wait to be submitted', NULL, 1, '{"job":"drafts","version":"","params":{},"model":"gpt-4o-mini","pricedAs":"gpt-4o-mini","realtimeModel":null,"provider":"openai","endpoint":"/v1/chat/completions","quotaKey":"openai/gpt-4o-mini","lane":"batch","deadlineMs":null,"fallback":null,"price":{"steps":[{"aboveTokens":0,"inputPerMillion":75000,"cachedInputPerMillion":75000,"cacheWritePerMillion":75000,"outputPerMillion":300000}]},"flexPrice":null,"realtimePrice":{"steps":[{"aboveTokens":0,"inputPerMillion":150000,"cachedInputPerMillion":75000,"cacheWritePerMillion":150000,"outputPerMillion":600000}]},"maxOutputTokens":50,"contextTokens":128000,"maxTries":3,"repair":false,"capMicroUsd":100000,"perDayMicroUsd":null,"shared":null,"payer":null,"followers":[],"follows":null,"rescue":null,"limit":null,"only":null,"redo":false,"payAgain":false,"keep":false,"meaning":{"model":"8fc4d1be90","schema":"c7312e96c9","version":"88d46a0c8e","settings":"1544897369"},"keepRows":false,"joins":false,"writes":true,"imported":false,"brought":[],"textAs":null,"examples":[],"definition":{"ask":"facf6ddc4354ab4e9d380e77d9e07b0d","write":"3163fb500351a4159936de11d7434c74"}}', 1768465287000, NULL, 0, '{"at":3}', 1, NULL, 3, 2, 0, 0, 3, 0, 0, '{}', NULL, 1, NULL, 0, NULL, 'b4bfdd', NULL, NULL, 0, NULL, 'openai', 'host/key', 0, 'all', 0),
	('embeddings', 'embeddings', 'paused', 'asked', 'by hand, until it is resumed', NULL, 0, '{"job":"embeddings","version":"","params":{},"model":"gpt-4o-mini","pricedAs":"gpt-4o-mini","realtimeModel":null,"provider":"openai","endpoint":"/v1/chat/completions","quotaKey":"openai/gpt-4o-mini","lane":"batch","deadlineMs":null,"fallback":null,"price":{"steps":[{"aboveTokens":0,"inputPerMillion":75000,"cachedInputPerMillion":75000,"cacheWritePerMillion":75000,"outputPerMillion":300000}]},"flexPrice":null,"realtimePrice":{"steps":[{"aboveTokens":0,"inputPerMillion":150000,"cachedInputPerMillion":75000,"cacheWritePerMillion":150000,"outputPerMillion":600000}]},"maxOutputTokens":50,"contextTokens":128000,"maxTries":3,"repair":false,"capMicroUsd":100000,"perDayMicroUsd":null,"shared":null,"payer":null,"followers":[],"follows":null,"rescue":null,"limit":null,"only":null,"redo":false,"payAgain":false,"keep":false,"meaning":{"model":"8fc4d1be90","schema":"c7312e96c9","version":"88d46a0c8e","settings":"1544897369"},"keepRows":false,"joins":false,"writes":true,"imported":false,"brought":[],"textAs":null,"examples":[],"definition":{"ask":"facf6ddc4354ab4e9d380e77d9e07b0d","write":"3163fb500351a4159936de11d7434c74"}}', 1768465349000, NULL, 0, '{"at":4}', 1, NULL, 4, 2, 0, 0, 4, 0, 0, '{}', NULL, 1, NULL, 0, NULL, 'fa5dda', NULL, NULL, 0, NULL, 'openai', 'host/key', 0, 'all', 0),
	('letters', 'letters', 'paused', 'answers', 'answers are missing that the provider says it has given', NULL, 0, '{"job":"letters","version":"","params":{},"model":"gpt-4o-mini","pricedAs":"gpt-4o-mini","realtimeModel":null,"provider":"openai","endpoint":"/v1/chat/completions","quotaKey":"openai/gpt-4o-mini","lane":"batch","deadlineMs":null,"fallback":null,"price":{"steps":[{"aboveTokens":0,"inputPerMillion":75000,"cachedInputPerMillion":75000,"cacheWritePerMillion":75000,"outputPerMillion":300000}]},"flexPrice":null,"realtimePrice":{"steps":[{"aboveTokens":0,"inputPerMillion":150000,"cachedInputPerMillion":75000,"cacheWritePerMillion":150000,"outputPerMillion":600000}]},"maxOutputTokens":50,"contextTokens":128000,"maxTries":3,"repair":false,"capMicroUsd":100000,"perDayMicroUsd":null,"shared":null,"payer":null,"followers":[],"follows":null,"rescue":null,"limit":null,"only":null,"redo":false,"payAgain":false,"keep":false,"meaning":{"model":"8fc4d1be90","schema":"c7312e96c9","version":"88d46a0c8e","settings":"1544897369"},"keepRows":false,"joins":false,"writes":true,"imported":false,"brought":[],"textAs":null,"examples":[],"definition":{"ask":"facf6ddc4354ab4e9d380e77d9e07b0d","write":"3163fb500351a4159936de11d7434c74"}}', 1768465417000, NULL, 0, '{"at":2}', 1, NULL, 2, 1, 0, 0, 2, 0, 0, '{}', NULL, 1, NULL, 0, NULL, 'b7346c', NULL, NULL, 0, NULL, 'openai', 'host/key', 0, 'all', 0),
	('minutes', 'minutes', 'paused', 'changed', 'the job file has changed since the run began', NULL, 0, '{"job":"minutes","version":"","params":{},"model":"gpt-4o-mini","pricedAs":"gpt-4o-mini","realtimeModel":null,"provider":"openai","endpoint":"/v1/chat/completions","quotaKey":"openai/gpt-4o-mini","lane":"batch","deadlineMs":null,"fallback":null,"price":{"steps":[{"aboveTokens":0,"inputPerMillion":75000,"cachedInputPerMillion":75000,"cacheWritePerMillion":75000,"outputPerMillion":300000}]},"flexPrice":null,"realtimePrice":{"steps":[{"aboveTokens":0,"inputPerMillion":150000,"cachedInputPerMillion":75000,"cacheWritePerMillion":150000,"outputPerMillion":600000}]},"maxOutputTokens":50,"contextTokens":128000,"maxTries":3,"repair":false,"capMicroUsd":100000,"perDayMicroUsd":null,"shared":null,"payer":null,"followers":[],"follows":null,"rescue":null,"limit":null,"only":null,"redo":false,"payAgain":false,"keep":false,"meaning":{"model":"8fc4d1be90","schema":"c7312e96c9","version":"88d46a0c8e","settings":"1544897369"},"keepRows":false,"joins":false,"writes":true,"imported":false,"brought":[],"textAs":null,"examples":[],"definition":{"ask":"facf6ddc4354ab4e9d380e77d9e07b0d","write":"3163fb500351a4159936de11d7434c74"}}', 1768465485000, NULL, 0, '{"at":2}', 1, NULL, 2, 1, 0, 0, 2, 0, 0, '{}', NULL, 1, NULL, 0, NULL, '822a3b', NULL, NULL, 0, NULL, 'openai', 'host/key', 0, 'all', 0),
	('notices', 'notices', 'paused', 'disk', 'the disk is full', NULL, 0, '{"job":"notices","version":"","params":{},"model":"gpt-4o-mini","pricedAs":"gpt-4o-mini","realtimeModel":null,"provider":"openai","endpoint":"/v1/chat/completions","quotaKey":"openai/gpt-4o-mini","lane":"batch","deadlineMs":null,"fallback":null,"price":{"steps":[{"aboveTokens":0,"inputPerMillion":75000,"cachedInputPerMillion":75000,"cacheWritePerMillion":75000,"outputPerMillion":300000}]},"flexPrice":null,"realtimePrice":{"steps":[{"aboveTokens":0,"inputPerMillion":150000,"cachedInputPerMillion":75000,"cacheWritePerMillion":150000,"outputPerMillion":600000}]},"maxOutputTokens":50,"contextTokens":128000,"maxTries":3,"repair":false,"capMicroUsd":100000,"perDayMicroUsd":null,"shared":null,"payer":null,"followers":[],"follows":null,"rescue":null,"limit":null,"only":null,"redo":false,"payAgain":false,"keep":false,"meaning":{"model":"8fc4d1be90","schema":"c7312e96c9","version":"88d46a0c8e","settings":"1544897369"},"keepRows":false,"joins":false,"writes":true,"imported":false,"brought":[],"textAs":null,"examples":[],"definition":{"ask":"facf6ddc4354ab4e9d380e77d9e07b0d","write":"3163fb500351a4159936de11d7434c74"}}', 1768465553000, NULL, 0, '{"at":2}', 1, NULL, 2, 2, 0, 0, 2, 0, 0, '{}', NULL, 1, NULL, 0, NULL, '5f8b2a', NULL, NULL, 0, NULL, 'openai', 'host/key', 0, 'all', 0),
	('digests', NULL, 'done', NULL, NULL, NULL, 0, '{"job":"digests","version":"","params":{},"model":"gpt-4o-mini","pricedAs":"gpt-4o-mini","realtimeModel":null,"provider":"openai","endpoint":"/v1/chat/completions","quotaKey":"openai/gpt-4o-mini","lane":"batch","deadlineMs":null,"fallback":null,"price":{"steps":[{"aboveTokens":0,"inputPerMillion":75000,"cachedInputPerMillion":75000,"cacheWritePerMillion":75000,"outputPerMillion":300000}]},"flexPrice":null,"realtimePrice":{"steps":[{"aboveTokens":0,"inputPerMillion":150000,"cachedInputPerMillion":75000,"cacheWritePerMillion":150000,"outputPerMillion":600000}]},"maxOutputTokens":50,"contextTokens":128000,"maxTries":3,"repair":false,"capMicroUsd":100000,"perDayMicroUsd":null,"shared":null,"payer":null,"followers":[],"follows":null,"rescue":null,"limit":null,"only":null,"redo":false,"payAgain":false,"keep":false,"meaning":{"model":"8fc4d1be90","schema":"c7312e96c9","version":"88d46a0c8e","settings":"1544897369"},"keepRows":false,"joins":false,"writes":true,"imported":false,"brought":[],"textAs":null,"examples":[],"definition":{"ask":"facf6ddc4354ab4e9d380e77d9e07b0d","write":"3163fb500351a4159936de11d7434c74"}}', 1768465618000, 1768465654000, 0, '{"at":22}', 1, NULL, 22, 3, 1, 0, 22, 0, 0, '{}', NULL, 3, NULL, 0, NULL, '759c5a', NULL, NULL, 0, NULL, 'openai', 'host/key', 0, 'all', 0),
	('answers', NULL, 'done', NULL, NULL, NULL, 0, '{"job":"answers","version":"","params":{},"model":"gpt-4o-mini","pricedAs":"gpt-4o-mini","realtimeModel":null,"provider":"openai","endpoint":"/v1/chat/completions","quotaKey":"openai/gpt-4o-mini","lane":"realtime","deadlineMs":null,"fallback":null,"price":{"steps":[{"aboveTokens":0,"inputPerMillion":75000,"cachedInputPerMillion":75000,"cacheWritePerMillion":75000,"outputPerMillion":300000}]},"flexPrice":null,"realtimePrice":{"steps":[{"aboveTokens":0,"inputPerMillion":150000,"cachedInputPerMillion":75000,"cacheWritePerMillion":150000,"outputPerMillion":600000}]},"maxOutputTokens":50,"contextTokens":128000,"maxTries":3,"repair":false,"capMicroUsd":100000,"perDayMicroUsd":null,"shared":null,"payer":null,"followers":[],"follows":null,"rescue":null,"limit":null,"only":null,"redo":false,"payAgain":false,"keep":false,"meaning":{"model":"8fc4d1be90","schema":"c7312e96c9","version":"88d46a0c8e","settings":"1544897369"},"keepRows":false,"joins":false,"writes":true,"imported":false,"brought":[],"textAs":null,"examples":[],"definition":{"ask":"facf6ddc4354ab4e9d380e77d9e07b0d","write":"3163fb500351a4159936de11d7434c74"}}', 1768465714000, 1768465722000, 0, '{"at":3}', 1, NULL, 3, 1, 0, 0, 3, 0, 0, '{}', NULL, 2, NULL, 0, NULL, '369464', NULL, NULL, 0, NULL, 'openai', 'host/key', 0, 'all', 0),
	('lessons', 'lessons', 'running', NULL, NULL, NULL, 0, '{"job":"lessons","version":"","params":{},"model":"gpt-4o-mini","pricedAs":"gpt-4o-mini","realtimeModel":null,"provider":"openai","endpoint":"/v1/chat/completions","quotaKey":"openai/gpt-4o-mini","lane":"batch","deadlineMs":null,"fallback":null,"price":{"steps":[{"aboveTokens":0,"inputPerMillion":75000,"cachedInputPerMillion":75000,"cacheWritePerMillion":75000,"outputPerMillion":300000}]},"flexPrice":null,"realtimePrice":{"steps":[{"aboveTokens":0,"inputPerMillion":150000,"cachedInputPerMillion":75000,"cacheWritePerMillion":150000,"outputPerMillion":600000}]},"maxOutputTokens":50,"contextTokens":128000,"maxTries":3,"repair":false,"capMicroUsd":100000,"perDayMicroUsd":null,"shared":null,"payer":null,"followers":[],"follows":null,"rescue":null,"limit":null,"only":null,"redo":false,"payAgain":false,"keep":false,"meaning":{"model":"8fc4d1be90","schema":"c7312e96c9","version":"88d46a0c8e","settings":"1544897369"},"keepRows":false,"joins":true,"writes":true,"imported":false,"brought":[],"textAs":null,"examples":[],"definition":{"ask":"facf6ddc4354ab4e9d380e77d9e07b0d","write":"3163fb500351a4159936de11d7434c74"}}', 1768465782000, NULL, 0, '{"at":4}', 1, NULL, 4, 2, 0, 0, 4, 0, 0, '{}', NULL, 2, NULL, 0, 1768465810000, '995965', NULL, NULL, 0, NULL, 'openai', 'host/key', 0, 'all', 0),
	('outlines', NULL, 'cancelled', NULL, NULL, NULL, 0, '{"job":"outlines","version":"","params":{},"model":"gpt-4o-mini","pricedAs":"gpt-4o-mini","realtimeModel":null,"provider":"openai","endpoint":"/v1/chat/completions","quotaKey":"openai/gpt-4o-mini","lane":"batch","deadlineMs":null,"fallback":null,"price":{"steps":[{"aboveTokens":0,"inputPerMillion":75000,"cachedInputPerMillion":75000,"cacheWritePerMillion":75000,"outputPerMillion":300000}]},"flexPrice":null,"realtimePrice":{"steps":[{"aboveTokens":0,"inputPerMillion":150000,"cachedInputPerMillion":75000,"cacheWritePerMillion":150000,"outputPerMillion":600000}]},"maxOutputTokens":50,"contextTokens":128000,"maxTries":3,"repair":false,"capMicroUsd":100000,"perDayMicroUsd":null,"shared":null,"payer":null,"followers":[],"follows":null,"rescue":null,"limit":null,"only":null,"redo":false,"payAgain":false,"keep":false,"meaning":{"model":"8fc4d1be90","schema":"c7312e96c9","version":"88d46a0c8e","settings":"1544897369"},"keepRows":false,"joins":false,"writes":true,"imported":false,"brought":[],"textAs":null,"examples":[],"definition":{"ask":"facf6ddc4354ab4e9d380e77d9e07b0d","write":"3163fb500351a4159936de11d7434c74"}}', 1768465865000, 1768465879000, 0, '{"at":4}', 1, NULL, 4, 2, 0, 0, 4, 0, 0, '{}', NULL, 2, NULL, 0, NULL, '2d941a', NULL, NULL, 0, NULL, 'openai', 'host/key', 0, 'all', 0),
	('archive', NULL, 'done', NULL, NULL, NULL, 0, '{"job":"archive","version":"","params":{},"model":"gpt-4o-mini","pricedAs":"gpt-4o-mini","realtimeModel":null,"provider":"openai","endpoint":"/v1/chat/completions","quotaKey":"openai/gpt-4o-mini","lane":"batch","deadlineMs":null,"fallback":null,"price":{"steps":[{"aboveTokens":0,"inputPerMillion":75000,"cachedInputPerMillion":75000,"cacheWritePerMillion":75000,"outputPerMillion":300000}]},"flexPrice":null,"realtimePrice":{"steps":[{"aboveTokens":0,"inputPerMillion":150000,"cachedInputPerMillion":75000,"cacheWritePerMillion":150000,"outputPerMillion":600000}]},"maxOutputTokens":50,"contextTokens":128000,"maxTries":1,"repair":false,"capMicroUsd":null,"perDayMicroUsd":null,"shared":null,"payer":null,"followers":[],"follows":null,"rescue":null,"limit":null,"only":null,"redo":false,"payAgain":false,"keep":false,"meaning":{"model":"8fc4d1be90","schema":"c7312e96c9","version":"88d46a0c8e","settings":"1544897369"},"keepRows":false,"joins":false,"writes":true,"imported":true,"brought":[],"textAs":null,"examples":[],"definition":{"ask":"facf6ddc4354ab4e9d380e77d9e07b0d","write":"3163fb500351a4159936de11d7434c74"}}', 1768465939000, 1768465944000, 0, '{"at":2}', 1, NULL, 2, 1, 0, 0, 2, 0, 0, '{}', NULL, 2, NULL, 0, NULL, '8bce9d', NULL, NULL, 0, NULL, 'openai', 'host/key', 0, 'all', 0);

INSERT INTO offpeak.verdicts VALUES
	('759c5a', 2, 'digests-2', 'edit', NULL, 'ada', 1768465653000, 38, 'review', 'it is review', 1, '{"title":"Another title"}'),
	('759c5a', 3, 'digests-3', 'reject', 'it says nothing', 'ada', 1768465653000, 38, 'review', 'it is review', 0, NULL);

SELECT pg_catalog.setval('offpeak.attempts_id_seq', 46, true);

SELECT pg_catalog.setval('offpeak.events_id_seq', 293, true);

ALTER TABLE ONLY offpeak.attempts
    ADD CONSTRAINT attempts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY offpeak.batches
    ADD CONSTRAINT batches_pk PRIMARY KEY (run_id, n);

ALTER TABLE ONLY offpeak.budgets
    ADD CONSTRAINT budgets_pkey PRIMARY KEY (key);

ALTER TABLE ONLY offpeak.deliveries
    ADD CONSTRAINT deliveries_pkey PRIMARY KEY (endpoint);

ALTER TABLE ONLY offpeak.done
    ADD CONSTRAINT done_pk PRIMARY KEY (job, key);

ALTER TABLE ONLY offpeak.events
    ADD CONSTRAINT events_pkey PRIMARY KEY (id);

ALTER TABLE ONLY offpeak.intents
    ADD CONSTRAINT intents_pkey PRIMARY KEY (nonce);

ALTER TABLE ONLY offpeak.keys
    ADD CONSTRAINT keys_pkey PRIMARY KEY (id);

ALTER TABLE ONLY offpeak.kysely_migration_lock
    ADD CONSTRAINT kysely_migration_lock_pkey PRIMARY KEY (id);

ALTER TABLE ONLY offpeak.kysely_migration
    ADD CONSTRAINT kysely_migration_pkey PRIMARY KEY (name);

ALTER TABLE ONLY offpeak.ledger
    ADD CONSTRAINT ledger_pk PRIMARY KEY (attempt_id, kind);

ALTER TABLE ONLY offpeak.meta
    ADD CONSTRAINT meta_pkey PRIMARY KEY (key);

ALTER TABLE ONLY offpeak.past_tries
    ADD CONSTRAINT past_tries_pk PRIMARY KEY (run_id, seq, n);

ALTER TABLE ONLY offpeak.plans
    ADD CONSTRAINT plans_pkey PRIMARY KEY (id);

ALTER TABLE ONLY offpeak.preferences
    ADD CONSTRAINT preferences_pk PRIMARY KEY (a, b, key);

ALTER TABLE ONLY offpeak.quotas
    ADD CONSTRAINT quotas_pkey PRIMARY KEY (key);

ALTER TABLE ONLY offpeak.repeats
    ADD CONSTRAINT repeats_pkey PRIMARY KEY (key);

ALTER TABLE ONLY offpeak.requests
    ADD CONSTRAINT requests_pk PRIMARY KEY (run_id, seq);

ALTER TABLE ONLY offpeak.runs
    ADD CONSTRAINT runs_pkey PRIMARY KEY (id);

ALTER TABLE ONLY offpeak.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY offpeak.sink_rows
    ADD CONSTRAINT sink_rows_pk PRIMARY KEY (job, sink, simulated, name);

ALTER TABLE ONLY offpeak.verdicts
    ADD CONSTRAINT verdicts_pk PRIMARY KEY (run_id, seq);

CREATE INDEX attempts_due ON offpeak.attempts USING btree (next_at);

CREATE INDEX attempts_run ON offpeak.attempts USING btree (run_id, batch_n);

CREATE INDEX done_parts ON offpeak.done USING btree (job, part_of) WHERE (part_of IS NOT NULL);

CREATE INDEX events_run ON offpeak.events USING btree (run_id, id);

CREATE INDEX ledger_run ON offpeak.ledger USING btree (run_id);

CREATE INDEX plans_created ON offpeak.plans USING btree (created_at);

CREATE INDEX repeats_at ON offpeak.repeats USING btree (at);

CREATE INDEX requests_batch ON offpeak.requests USING btree (run_id, batch_n, seq) WHERE (batch_n IS NOT NULL);

CREATE INDEX requests_fingerprint ON offpeak.requests USING btree (run_id, fingerprint);

CREATE INDEX requests_folds ON offpeak.requests USING btree (run_id, folded_into) WHERE (folded_into IS NOT NULL);

CREATE UNIQUE INDEX requests_key ON offpeak.requests USING btree (run_id, key);

CREATE INDEX requests_parts ON offpeak.requests USING btree (run_id, part_of) WHERE ((part_of IS NOT NULL) AND (joined = 0));

CREATE INDEX requests_troubled ON offpeak.requests USING btree (run_id, seq) WHERE (troubled = 1);

CREATE INDEX runs_created ON offpeak.runs USING btree (created_at, id);

CREATE INDEX runs_job ON offpeak.runs USING btree (job, created_at, id);

CREATE UNIQUE INDEX runs_live ON offpeak.runs USING btree (live_key);

CREATE INDEX sessions_caller ON offpeak.sessions USING btree (caller, created_at);

CREATE INDEX sessions_expires ON offpeak.sessions USING btree (expires_at);
