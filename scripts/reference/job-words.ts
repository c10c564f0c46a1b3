import type { EntryGlossary } from './entry-table.ts'

const functionOf = (signature: string): string => `a function, \`${signature}\``
const aSource = 'a source'
const aSchema = 'a schema of any library that follows Standard Schema'
const aSink = 'a sink, see below'
const database = 'A SQLite file, relative to the project; the database of the configuration when left out.'
const line = {
  takes: functionOf('({ key, row, output, score, variant, usage, provenance }) => object'),
  words: 'What is written besides `key`; `{ output }` when left out.',
}

/** What each entry of a job is for, where the schema cannot say it. */
export const jobWords: EntryGlossary = {
  name: 'The name of the job: what commands, REST and screens call it.',
  version: 'Part of what makes a record be done again when it changes.',
  from: {
    takes: `${aSource}, or a function \`({ params, model, version }) => source\``,
    words: 'Where records come from: `postgres`, `sqlite`, `duckdb`, `jsonl`, `csv`, `parquet`, `files`.',
  },
  params: { takes: aSchema, words: 'The parameters of a run: `-p name=value`, `params` in REST.' },
  model: "The model that answers: `openai('…')`, `azure('…')`, `openaiCompatible({ … })('…')`.",
  'model.provider': 'Set by the functions above.',
  'model.model': 'The model id, or the deployment at Azure; `null`: the environment names it.',
  'model.endpoint': 'Set by the functions above.',
  prompt: {
    takes: functionOf('({ row, params, examples }) => prompt'),
    words:
      'The prompt of a record: a text, `{ system, user }`, or `{ messages }`. Required unless there are `variants`; called `input` in `defineEmbedding`.',
  },
  variants: {
    takes: 'functions by name',
    words:
      'Prompts to compare, in place of `prompt`: each record is asked with one of them, always the same.',
  },
  candidates:
    'Other prompts or models for the same records, each a job `name@candidate` of its own whose answers never go to the sink.',
  'candidates.<name>.model': 'Another model.',
  'candidates.<name>.model.provider': 'Set by the functions of models.',
  'candidates.<name>.model.model': 'The model id, or the deployment at Azure.',
  'candidates.<name>.model.endpoint': 'Set by the functions of models.',
  'candidates.<name>.prompt': {
    takes: functionOf('({ row, params, examples }) => prompt'),
    words: 'Another prompt.',
  },
  'candidates.<name>.temperature': 'Another temperature.',
  'candidates.<name>.maxTokens': 'Another limit of output tokens.',
  'candidates.<name>.parameters': 'Other body fields.',
  examples: 'Examples for every prompt, read once per run: `fewShot(source)`.',
  'examples.from': { takes: aSource, words: 'Set by `fewShot`.' },
  output: {
    takes: aSchema,
    words: 'The shape of an answer; text, or a vector, when left out.',
  },
  dimensions: "How many numbers a vector has; the model's own length when left out. For `defineEmbedding`.",
  score: 'Rates accepted answers from 0 to 1.',
  'score.of': { takes: functionOf('({ row, output }) => number'), words: 'The rating.' },
  'score.min': 'An answer below it is not written and waits for a person as `review`.',
  temperature: 'Passed to the provider; its own default when left out.',
  maxTokens: 'The most output tokens of one answer; with it the most that a run can cost is known.',
  check: {
    takes: functionOf('({ row, output }) => true | string'),
    words: 'What a schema cannot say: `true`, or the reason why the answer is `invalid`.',
  },
  parameters: 'Further body fields, passed to the provider as they are.',
  to: { takes: aSink, words: 'Where each answer is written. `to` or `join` is required.' },
  join: {
    takes: aSink,
    words:
      'Where the answers to all parts of a record are written together; its functions get lists as `output` and `rows`.',
  },
  retry: 'How records are sent again automatically.',
  'retry.max': 'How many times one record may be sent in total; 3 when left out.',
  'retry.repair': 'Sends an invalid answer back with the reason, for another try.',
  'retry.realtime': 'Sends in real time what batches have left unanswered.',
  'retry.realtime.after': "How long after the beginning of the run, as in `'24h'`.",
  'retry.realtime.maxRows': 'The most records of one run.',
  'retry.realtime.deliveryMode': 'The delivery mode; `realtime` when left out.',
  deadline:
    "How long after its beginning a run stops waiting for batches and finishes in real time, as in `'20h'`.",
  budget: 'What runs of this job may spend.',
  'budget.perRun': "Dollars, as in `'$90'`, for one run.",
  'budget.perDay':
    'Dollars for all runs of the job in one UTC day, as it is now: raised or lowered, it counts for runs that go on.',
  after: 'The job, or its name, whose every finished run is followed by a run of this one.',
  'after.name': 'Set by the job that is given.',
  track: 'Status tables of your own, kept up to date and never read.',
  'track.records': { takes: 'a `table` sink', words: 'The state of each record.' },
  'track.batches': { takes: 'an `upsert` sink', words: 'The state of each batch.' },
}

/** What each entry of a sink is for, by the entry that names the kind of sink. */
export const sinkWords: Readonly<Record<string, EntryGlossary>> = {
  table: {
    table: 'The table whose rows are updated by key.',
    set: { ...line, words: 'The columns to write. Returns the same for the same context.' },
    database,
    key: "The column that holds the key, or the columns that hold its parts, in the order of the source's key; its columns when left out.",
  },
  upsert: {
    upsert: 'The table into which rows are inserted, or updated when their key is there.',
    key: 'The columns that identify a row; they need a unique index.',
    set: { ...line, words: 'The columns to write, the key among them.' },
    scope: 'For chunks of texts: removes or marks what is old next to a chunk, in the same transaction.',
    'scope.of': 'The columns of the key that all chunks of a text share.',
    'scope.chunk': 'The column of the key that numbers the chunks.',
    'scope.mark': 'Sets these columns of old rows; they are removed when left out.',
    database,
  },
  jsonl: { jsonl: 'The file to which one JSON line per record is appended.', line },
  csv: {
    csv: 'The file to which one row per record is appended; the first chunk decides the columns.',
    line,
    escapeFormulas: 'Puts an apostrophe before cells that a spreadsheet would run as a formula.',
  },
  parquet: { parquet: 'The directory to which Parquet files are added.', line },
  file: {
    file: {
      takes: functionOf('({ key, row }) => string'),
      words: 'The path of the file, below the project. It never sees what the model wrote.',
    },
    content: {
      takes: functionOf('({ key, row, output, … }) => string | object'),
      words: 'What the file holds; the output when left out.',
    },
    skipExisting: 'Records whose file exists are not sent, and an existing file is never replaced.',
    overwrite: 'Whether a file with other content is replaced; `true` unless `skipExisting`.',
  },
  sink: {
    sink: {
      takes: 'a connector',
      words: 'A sink of your own ([how one is written](../own-connector.md)).',
    },
    values: { ...line, words: 'What an item holds besides its key. Default: `{ output }`.' },
  },
}
