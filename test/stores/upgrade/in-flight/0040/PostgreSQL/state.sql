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
    staged text,
    tried_at bigint,
    lookups bigint DEFAULT 0 NOT NULL,
    withdrawn_at bigint,
    provider_batch_id text,
    expires_at bigint,
    remote_total bigint DEFAULT 0 NOT NULL,
    remote_completed bigint DEFAULT 0 NOT NULL,
    remote_failed bigint DEFAULT 0 NOT NULL,
    output_part text,
    error_part text,
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
    simulated bigint DEFAULT 0 NOT NULL,
    assigned_account text
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
    delivery_mode text NOT NULL,
    tag text NOT NULL,
    bytes bigint NOT NULL,
    requests bigint NOT NULL,
    records bigint DEFAULT 0 NOT NULL,
    snapshot text,
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
    status text NOT NULL,
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
    infrastructure_failures bigint DEFAULT 0 NOT NULL,
    retry_requested bigint DEFAULT 0 NOT NULL,
    retry_delivery_mode text,
    deduplicated_into bigint,
    deduplicated_records bigint DEFAULT 0 NOT NULL,
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
	('cpggsk', 0, 1, 'jr7gc3axk3vv2dsb', 'in_progress', NULL, 1796077575508, 532, 2640, 0, 1, 'anthropic/claude-haiku-5-5', '["run:cpggsk","day:claude:2026-11-30"]', 'offpeak-zyq6zct2-cpggsk-0-a1-jr7gc3axk3vv2dsb.jsonl', 'inline/offpeak-zyq6zct2-cpggsk-0-a1-jr7gc3axk3vv2dsb.jsonl', 1796077575610, 0, NULL, 'msgbatch_01yK5uZbzD3d05Iv3hEuMOsX', 1796163975621, 8, 0, 0, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, 27, NULL, 0, 1796077578739, 2, '127.0.0.1:37565/66e7c82b49bb', NULL, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, 'anthropic', 0, '127.0.0.1:37565/66e7c82b49bb'),
	('x94nqv', 0, 1, '46970nka8v8d2m0m', 'in_progress', NULL, 1796077575506, 2444, 2960, 0, 1, 'gemini/gemini-3.5-flash-lite', '["run:x94nqv","day:gemini:2026-11-30"]', 'offpeak-zyq6zct2-x94nqv-0-a1-46970nka8v8d2m0m.jsonl', 'files/c35kmz3o162y', 1796077575642, 0, NULL, 'batches/eiw1kf39qtr2nl12wtf8llaau1wp8w9u12r0', 1796250375648, 8, 0, 0, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, 27, NULL, 0, 1796077578768, 1, '127.0.0.1:37565/66e7c82b49bb', NULL, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, 'gemini', 0, '127.0.0.1:37565/66e7c82b49bb');

INSERT INTO offpeak.batches VALUES
	('x94nqv', 0, 0, 'batch', 'x94nqva1egckaxvs', 3280, 8, 8, '528:1796077575217906162', 2960, 2444, 1, '{}', '{}', '{}'),
	('cpggsk', 0, 0, 'batch', 'cpggskevqq04p9x6', 3000, 8, 8, '528:1796077575217906162', 2640, 532, 1, '{}', '{}', '{}');

INSERT INTO offpeak.budgets VALUES
	(1000000, 2444, 0, 'run:x94nqv'),
	(NULL, 2444, 0, 'day:gemini:2026-11-30'),
	(1000000, 532, 0, 'run:cpggsk'),
	(NULL, 532, 0, 'day:claude:2026-11-30');

INSERT INTO offpeak.events OVERRIDING SYSTEM VALUE VALUES
	('cpggsk', 1796077575440, 'run.started', '{"job":"claude"}', 1),
	('x94nqv', 1796077575469, 'run.started', '{"job":"gemini"}', 2),
	('x94nqv', 1796077575506, 'batch.built', '{"batch":0,"requests":8,"bytes":3280}', 3),
	('cpggsk', 1796077575508, 'batch.built', '{"batch":0,"requests":8,"bytes":3000}', 4),
	('cpggsk', 1796077575581, 'attempt', '{"batch":0,"attempt":1,"state":"reserved"}', 5),
	('x94nqv', 1796077575576, 'attempt', '{"batch":0,"attempt":1,"state":"reserved"}', 6),
	('cpggsk', 1796077575592, 'attempt', '{"batch":0,"attempt":1,"state":"uploading"}', 7),
	('cpggsk', 1796077575595, 'attempt', '{"batch":0,"attempt":1,"state":"uploaded"}', 8),
	('x94nqv', 1796077575598, 'attempt', '{"batch":0,"attempt":1,"state":"uploading"}', 9),
	('cpggsk', 1796077575612, 'attempt', '{"batch":0,"attempt":1,"state":"creating"}', 10),
	('x94nqv', 1796077575614, 'attempt', '{"batch":0,"attempt":1,"state":"uploaded"}', 11),
	('cpggsk', 1796077575628, 'attempt', '{"batch":0,"attempt":1,"state":"created"}', 12),
	('cpggsk', 1796077575639, 'attempt', '{"batch":0,"attempt":1,"state":"in_progress"}', 13),
	('x94nqv', 1796077575644, 'attempt', '{"batch":0,"attempt":1,"state":"creating"}', 14),
	('x94nqv', 1796077575654, 'attempt', '{"batch":0,"attempt":1,"state":"created"}', 15),
	('x94nqv', 1796077575663, 'attempt', '{"batch":0,"attempt":1,"state":"validating"}', 16),
	('x94nqv', 1796077578667, 'attempt', '{"batch":0,"attempt":1,"state":"in_progress"}', 17);

INSERT INTO offpeak.kysely_migration VALUES
	('0001_first', '2026-11-30T22:26:15.349Z'),
	('0002_evidence', '2026-11-30T22:26:15.356Z'),
	('0003_batch_pages', '2026-11-30T22:26:15.359Z'),
	('0004_intents', '2026-11-30T22:26:15.363Z'),
	('0005_sessions', '2026-11-30T22:26:15.368Z'),
	('0006_simulated', '2026-11-30T22:26:15.372Z'),
	('0007_tries', '2026-11-30T22:26:15.375Z'),
	('0010_submit', '2026-11-30T22:26:15.376Z'),
	('0020_standing_tries', '2026-11-30T22:26:15.378Z'),
	('0022_sink_rows', '2026-11-30T22:26:15.382Z'),
	('0030_accounts', '2026-11-30T22:26:15.383Z'),
	('0040_words', '2026-11-30T22:26:15.388Z');

INSERT INTO offpeak.kysely_migration_lock VALUES
	('migration_lock', 0);

INSERT INTO offpeak.ledger VALUES
	(2, 'reserve', 'cpggsk', 'claude', 532, 1796077575581, NULL),
	(1, 'reserve', 'x94nqv', 'gemini', 2444, 1796077575576, NULL);

INSERT INTO offpeak.meta VALUES
	('zyq6zct2', 'lineage'),
	('4kqktf4ycw7g', 'files_directory'),
	('2', 'intents');

INSERT INTO offpeak.quotas VALUES
	(NULL, 2640, 0, 'anthropic/claude-haiku-5-5'),
	(NULL, 2960, 0, 'gemini/gemini-3.5-flash-lite');

INSERT INTO offpeak.requests VALUES
	('x94nqv', 0, '1', 'm89e1012b14b965bff4c282c340fa151', '97f78b70769d8dc5', 0, 0, 'x94nqva1egckaxvs', 0, 409, NULL, NULL, 'pending', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('x94nqv', 1, '2', 'm89e1012b14cba3a34c158d29cf195c7', 'cc2d7cf8994fb26b', 0, 1, 'x94nqva1egckaxvs', 410, 409, NULL, NULL, 'pending', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('x94nqv', 2, '3', 'm89e1012b14c6f5930f9e4d1ff63b154', '9f3ba4cfef88ea78', 0, 2, 'x94nqva1egckaxvs', 820, 409, NULL, NULL, 'pending', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('x94nqv', 3, '4', 'm89e1012b14c6ef7cfa7f2d03741b7ee', 'b49ccf81913c5818', 0, 3, 'x94nqva1egckaxvs', 1230, 409, NULL, NULL, 'pending', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('x94nqv', 4, '5', 'm89e1012b14e73e708d6231f0fc08011', '114da077a4dbbdaf', 0, 4, 'x94nqva1egckaxvs', 1640, 409, NULL, NULL, 'pending', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('x94nqv', 5, '6', 'm89e1012b1471011b50146a730944762', 'd5ebe8347a6eec85', 0, 5, 'x94nqva1egckaxvs', 2050, 409, NULL, NULL, 'pending', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('x94nqv', 6, '7', 'm89e1012b14cb7f5d2979126a814b969', '19150db0f837311b', 0, 6, 'x94nqva1egckaxvs', 2460, 409, NULL, NULL, 'pending', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('x94nqv', 7, '8', 'm89e1012b141b07618bfead361c8e119', '67b33b8d5b0bec64', 0, 7, 'x94nqva1egckaxvs', 2870, 409, NULL, NULL, 'pending', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('cpggsk', 0, '1', 'mffc73394e9b965bff4c282c340fa151', '97f78b70769d8dc5', 0, 0, 'cpggskevqq04p9x6', 0, 374, NULL, NULL, 'pending', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('cpggsk', 1, '2', 'mffc73394e9cba3a34c158d29cf195c7', 'cc2d7cf8994fb26b', 0, 1, 'cpggskevqq04p9x6', 375, 374, NULL, NULL, 'pending', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('cpggsk', 2, '3', 'mffc73394e9c6f5930f9e4d1ff63b154', '9f3ba4cfef88ea78', 0, 2, 'cpggskevqq04p9x6', 750, 374, NULL, NULL, 'pending', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('cpggsk', 3, '4', 'mffc73394e9c6ef7cfa7f2d03741b7ee', 'b49ccf81913c5818', 0, 3, 'cpggskevqq04p9x6', 1125, 374, NULL, NULL, 'pending', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('cpggsk', 4, '5', 'mffc73394e9e73e708d6231f0fc08011', '114da077a4dbbdaf', 0, 4, 'cpggskevqq04p9x6', 1500, 374, NULL, NULL, 'pending', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('cpggsk', 5, '6', 'mffc73394e971011b50146a730944762', 'd5ebe8347a6eec85', 0, 5, 'cpggskevqq04p9x6', 1875, 374, NULL, NULL, 'pending', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('cpggsk', 6, '7', 'mffc73394e9cb7f5d2979126a814b969', '19150db0f837311b', 0, 6, 'cpggskevqq04p9x6', 2250, 374, NULL, NULL, 'pending', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL),
	('cpggsk', 7, '8', 'mffc73394e91b07618bfead361c8e119', '67b33b8d5b0bec64', 0, 7, 'cpggskevqq04p9x6', 2625, 374, NULL, NULL, 'pending', NULL, 1, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, NULL);

INSERT INTO offpeak.runs VALUES
	('claude', 'claude', 'running', NULL, NULL, NULL, 0, '{"job":"claude","version":"","params":{},"model":"claude-haiku-5-5","pricedAs":"claude-haiku-5-5","realtimeModel":null,"provider":"anthropic","endpoint":"/v1/messages","quotaKey":"anthropic/claude-haiku-5-5","deliveryMode":"batch","deadlineMs":null,"fallback":null,"price":{"steps":[{"aboveTokens":0,"inputPerMillion":50000,"cachedInputPerMillion":50000,"cacheWritePerMillion":62500,"longCacheWritePerMillion":100000,"outputPerMillion":250000},{"aboveTokens":100000,"inputPerMillion":250000,"cachedInputPerMillion":250000,"cacheWritePerMillion":312500,"longCacheWritePerMillion":500000,"outputPerMillion":1250000}],"writes":"never"},"flexPrice":null,"realtimePrice":{"steps":[{"aboveTokens":0,"inputPerMillion":100000,"cachedInputPerMillion":100000,"cacheWritePerMillion":125000,"longCacheWritePerMillion":200000,"outputPerMillion":500000},{"aboveTokens":100000,"inputPerMillion":500000,"cachedInputPerMillion":500000,"cacheWritePerMillion":625000,"longCacheWritePerMillion":1000000,"outputPerMillion":2500000}],"writes":"never"},"maxOutputTokens":200,"contextTokens":null,"maxTries":3,"repair":false,"capMicroUsd":1000000,"perDayMicroUsd":null,"shared":null,"payer":null,"followers":[],"follows":null,"rescue":null,"limit":null,"only":null,"redo":false,"payAgain":false,"keep":false,"meaning":{"model":"213eb6a103","schema":"241c833b4b","version":"88d46a0c8e","settings":"1544897369"},"keepRows":false,"joins":false,"writes":true,"imported":false,"brought":[],"textAs":null,"examples":[],"definition":{"ask":"7c9863c347758a775288bc0af7f968a7","write":"cd02359facd1633ef06e1500552b45ff"}}', 1796077575440, NULL, 0, '528 9 8 528:1796077575217906162', 1, '528:1796077575217906162', 8, 1, 0, 0, 8, 0, 0, '{}', '{"schema":"offpeak.plan/2","job":"claude","version":"","provider":"anthropic","model":"claude-haiku-5-5","simulated":false,"source":"articles.jsonl","sink":"append to claude.jsonl","selected":8,"sourceRecords":8,"unknown":0,"sampled":8,"exact":true,"toSend":8,"unchanged":0,"changed":0,"changedParts":{},"isKept":false,"uncompared":0,"failsAgain":null,"rescue":null,"oldChunks":0,"unusable":0,"unusableExample":null,"paidBefore":null,"files":1,"largestFileBytes":2640,"inputTokens":{"likely":688,"low":344,"high":1032,"errorPercent":50},"outputTokensPerRecord":{"likely":100,"atMost":200,"from":"guess"},"tries":3,"cost":{"likelyMicroUsd":235,"atMostMicroUsd":1599,"atMostOnceMicroUsd":533,"errorPercent":0,"realtimeMicroUsd":469,"savedMicroUsd":234},"deliveryMode":"batch","withoutBatches":null,"realtimeModel":null,"deadline":null,"price":{"asOf":"2026-11-30","source":"Anthropic document, Pricing, as read in November 2026: cache writes at 1.25 and, for an hour, 2 times the input; batch half of it (Batch processing)"},"budgetMicroUsd":null,"followers":[],"quota":{"key":"anthropic/claude-haiku-5-5","limitTokens":null,"usedTokens":0,"waves":null,"accounts":[]},"checked":["append to claude.jsonl (dry run, rolled back)"],"warnings":["what claude-haiku-5-5 thinks counts against the limit of 200 tokens; an answer may be cut before its first word (parameters: { thinking: { type: ''disabled'' } } in the job, or raise `maxTokens`: only what is used is billed)"],"nearModels":[],"rewrites":[],"notEnforced":[],"keepRows":false,"example":{"key":"1","request":{"model":"claude-haiku-5-5","max_tokens":200,"output_config":{"format":{"type":"json_schema","schema":{"type":"object","properties":{"title":{"type":"string"}},"required":["title"],"additionalProperties":false}}},"system":"Give it a title.","messages":[{"role":"user","content":"Article 1 tells of a ship that came in at noon."}]}},"contents":{"keys":"bfe52b24f51178d365ccca56ab708999","requests":"4e1ca5d5f6bcb0205ad310fc8a73d837","shared":{"model":"213eb6a103","schema":"241c833b4b","version":"88d46a0c8e","settings":"1544897369"},"job":{"ask":"7c9863c347758a775288bc0af7f968a7","write":"cd02359facd1633ef06e1500552b45ff"}}}', 2, NULL, 0, 1796077590544, 'cpggsk', NULL, NULL, 0, NULL, 'anthropic', '127.0.0.1:37565/66e7c82b49bb', 0, 'all', 0),
	('gemini', 'gemini', 'running', NULL, NULL, NULL, 0, '{"job":"gemini","version":"","params":{},"model":"gemini-3.5-flash-lite","pricedAs":"gemini-3.5-flash-lite","realtimeModel":null,"provider":"gemini","endpoint":"generateContent","quotaKey":"gemini/gemini-3.5-flash-lite","deliveryMode":"batch","deadlineMs":null,"fallback":null,"price":{"steps":[{"aboveTokens":0,"inputPerMillion":150000,"cachedInputPerMillion":150000,"cacheWritePerMillion":150000,"outputPerMillion":1250000}]},"flexPrice":null,"realtimePrice":{"steps":[{"aboveTokens":0,"inputPerMillion":300000,"cachedInputPerMillion":300000,"cacheWritePerMillion":300000,"outputPerMillion":2500000}]},"maxOutputTokens":200,"contextTokens":null,"maxTries":3,"repair":false,"capMicroUsd":1000000,"perDayMicroUsd":null,"shared":null,"payer":null,"followers":[],"follows":null,"rescue":null,"limit":null,"only":null,"redo":false,"payAgain":false,"keep":false,"meaning":{"model":"9b4b6ec35b","schema":"39a09f9672","version":"88d46a0c8e","settings":"1544897369"},"keepRows":false,"joins":false,"writes":true,"imported":false,"brought":[],"textAs":null,"examples":[],"definition":{"ask":"57898532b35156b4b922100cdc0a36e3","write":"321a9119420a893567e17085ee705668"}}', 1796077575469, NULL, 0, '528 9 8 528:1796077575217906162', 1, '528:1796077575217906162', 8, 1, 0, 0, 8, 0, 0, '{}', '{"schema":"offpeak.plan/2","job":"gemini","version":"","provider":"gemini","model":"gemini-3.5-flash-lite","simulated":false,"source":"articles.jsonl","sink":"append to gemini.jsonl","selected":8,"sourceRecords":8,"unknown":0,"sampled":8,"exact":true,"toSend":8,"unchanged":0,"changed":0,"changedParts":{},"isKept":false,"uncompared":0,"failsAgain":null,"rescue":null,"oldChunks":0,"unusable":0,"unusableExample":null,"paidBefore":null,"files":1,"largestFileBytes":2960,"inputTokens":{"likely":504,"low":343,"high":665,"errorPercent":31.818181818181824},"outputTokensPerRecord":{"likely":100,"atMost":200,"from":"guess"},"tries":3,"cost":{"likelyMicroUsd":1076,"atMostMicroUsd":7335,"atMostOnceMicroUsd":2445,"errorPercent":0,"realtimeMicroUsd":2152,"savedMicroUsd":1076},"deliveryMode":"batch","withoutBatches":null,"realtimeModel":null,"deadline":null,"price":{"asOf":"2026-11-30","source":"Gemini document, Pricing, as read in November 2026; batch half of it (Batch API)"},"budgetMicroUsd":null,"followers":[],"quota":{"key":"gemini/gemini-3.5-flash-lite","limitTokens":null,"usedTokens":0,"waves":null,"accounts":[]},"checked":["append to gemini.jsonl (dry run, rolled back)"],"warnings":["what gemini-3.5-flash-lite thinks counts against the limit of 200 tokens, should it think; an answer may be cut before its first word (parameters: { generationConfig: { thinkingConfig: { thinkingBudget: 0 } } } in the job, or raise `maxTokens`: only what is used is billed)","a batch that expires or is cancelled gives nothing back here, and what had run may be billed: smaller files lose less (`batch: { maxRequests }` in the configuration)"],"nearModels":[],"rewrites":[],"notEnforced":[],"keepRows":false,"example":{"key":"1","request":{"generationConfig":{"maxOutputTokens":200,"responseMimeType":"application/json","responseJsonSchema":{"type":"object","properties":{"title":{"type":"string"}},"required":["title"],"additionalProperties":false}},"systemInstruction":{"parts":[{"text":"Give it a title."}]},"contents":[{"role":"user","parts":[{"text":"Article 1 tells of a ship that came in at noon."}]}]}},"contents":{"keys":"bfe52b24f51178d365ccca56ab708999","requests":"4e1ca5d5f6bcb0205ad310fc8a73d837","shared":{"model":"9b4b6ec35b","schema":"39a09f9672","version":"88d46a0c8e","settings":"1544897369"},"job":{"ask":"57898532b35156b4b922100cdc0a36e3","write":"321a9119420a893567e17085ee705668"}}}', 2, NULL, 0, 1796077590529, 'x94nqv', NULL, NULL, 0, NULL, 'gemini', '127.0.0.1:37565/66e7c82b49bb', 0, 'all', 0);

SELECT pg_catalog.setval('offpeak.attempts_id_seq', 2, true);

SELECT pg_catalog.setval('offpeak.events_id_seq', 17, true);

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

CREATE INDEX requests_folds ON offpeak.requests USING btree (run_id, deduplicated_into) WHERE (deduplicated_into IS NOT NULL);

CREATE UNIQUE INDEX requests_key ON offpeak.requests USING btree (run_id, key);

CREATE INDEX requests_parts ON offpeak.requests USING btree (run_id, part_of) WHERE ((part_of IS NOT NULL) AND (joined = 0));

CREATE INDEX requests_troubled ON offpeak.requests USING btree (run_id, seq) WHERE (troubled = 1);

CREATE INDEX runs_created ON offpeak.runs USING btree (created_at, id);

CREATE INDEX runs_job ON offpeak.runs USING btree (job, created_at, id);

CREATE UNIQUE INDEX runs_live ON offpeak.runs USING btree (live_key);

CREATE INDEX sessions_caller ON offpeak.sessions USING btree (caller, created_at);

CREATE INDEX sessions_expires ON offpeak.sessions USING btree (expires_at);
