import type { ErrorCode } from '../../src/domain/errors.ts'

/** Why an error happens, and what to do about it. */
export interface ErrorAdvice {
  readonly cause: string
  readonly fix: string
}

/** The advice of every code, in Markdown. */
export const errorWords: Readonly<Record<ErrorCode, ErrorAdvice>> = {
  E_USAGE: {
    cause:
      'A command, option, query or body that does not exist, has a value of the wrong form, or contradicts another one.',
    fix: 'The message names the word and the nearest one that exists. `offpeak <command> --help` and `/openapi.json` list all of them.',
  },
  E_CONFIG: {
    cause:
      'An entry of `offpeak.config.ts` is unknown or has a wrong value, two entries contradict each other, or no database is named for a job that needs one.',
    fix: 'Correct the entry that the message names; [configuration.md](configuration.md) has all of them.',
  },
  E_ENV: {
    cause:
      'A variable that is needed is not set or cannot be used (a deployment, a secret, an editor, a file of certificates), or the file of `--env-file` cannot be read.',
    fix: 'Set the variable that the message names, in the shell, `.env.local` or `.env`.',
  },
  E_JOB_FILE: {
    cause: 'A job file cannot be loaded, or exports no job.',
    fix: 'The message is that of your code; `npx tsc --noEmit` often shows more. Export the job: `export default defineJob({ … })`.',
  },
  E_JOB_UNKNOWN: {
    cause: 'No job file defines a job with this name, or the file of a run that is not finished has gone.',
    fix: '`offpeak jobs` lists the jobs. Bring the file back, or cancel the run.',
  },
  E_JOB_INVALID: {
    cause:
      'An entry of a job is unknown, missing or of the wrong kind, or each of its requests would surely fail.',
    fix: 'Correct the entry that the message names; [job.md](job.md) has all of them.',
  },
  E_JOB_CHANGED: {
    cause: 'The job is not the one that its run began with: what it sends or writes has changed meanwhile.',
    fix: 'Bring the job back as it was, or `offpeak resume <run> --today` to continue with the job as it is now. See [operations.md](../operations.md#when-a-job-file-changes-under-a-run).',
  },
  E_PARAMS: {
    cause: 'A parameter does not fit the schema `params` of the job, or the job takes none.',
    fix: 'Correct `-p name=value`, or add `params` to the job.',
  },
  E_CONSENT: {
    cause:
      'Sending costs money, and no amount was agreed to where nobody can be asked (no terminal, REST, the library).',
    fix: "`--max-cost '$10'`, `maxCost` in REST, or `budget: { perRun: '…' }` in the job together with `--yes`.",
  },
  E_RUN_UNKNOWN: {
    cause: 'There is no run with this id or name, or several runs begin with it.',
    fix: '`offpeak status` lists the runs. Give more characters of the id.',
  },
  E_RECORD_UNKNOWN: {
    cause: 'The run, or the source, has no record with this key.',
    fix: 'Check the key, and whether the query of the job still selects it. `offpeak errors <run> --keys` prints the keys of failed records.',
  },
  E_RUN_STATE: {
    cause:
      'The run is not in a state in which this can be done: it is finished, still going, paused, or its files are no longer kept.',
    fix: 'The message says which state it is in and which command fits; `offpeak status <run>` shows more.',
  },
  E_PLAN_STALE: {
    cause: 'A saved plan no longer holds: rows, prompt, schema, prices or the day have changed.',
    fix: 'Make the plan again and look at what it says now.',
  },
  E_PEER_MISSING: {
    cause:
      'A job needs a package that is not installed: `pg`, `@duckdb/node-api`, `hyparquet` and others are optional.',
    fix: '`npm install` the package that the message names, in your project.',
  },
  E_SOURCE_QUERY: {
    cause:
      'The query of a source is wrong: a column or table that is not there, two columns with one name, more than one statement.',
    fix: 'Correct the query; run it in the tool of the database to see it alone.',
  },
  E_SOURCE_KEY: {
    cause: 'The source has no key that tells records apart: the column is missing, empty, or no plain value.',
    fix: "Name the columns that identify a record: `key: 'id'`, or `key: ['shop', 'id']`.",
  },
  E_SOURCE_ROW: {
    cause:
      'Rows cannot be used: columns without or with equal names, values that are no plain data, or a step of the source (`limitPer`, `flatMap`, `chunk`) that cannot work with them.',
    fix: 'Select plain columns with names of their own, or map the rows in the source.',
  },
  E_SOURCE_FILE: {
    cause:
      'A file of a source is missing, unreadable, outside the project, or not in the format or encoding that the job says.',
    fix: 'Correct the path or the pattern in the job; save text files as UTF-8 or name their encoding.',
  },
  E_SOURCE_CHANGED: {
    cause:
      'A file, or the steps of the source, have changed since the run began to read it, or while it was read. Of a file that changes, nothing is used that was read after the change.',
    fix: 'Put it back as it was, with its time of change (`cp -p`), and `resume`; or `cancel` the run and start a new one: what is merged is not paid again.',
  },
  E_SINK_TABLE: {
    cause: 'The table, or the file, that answers are written to is not there or cannot be used.',
    fix: 'Create it, or correct its name in the sink of the job.',
  },
  E_SINK_COLUMN: {
    cause: 'The table has no such column, or the database computes the column itself.',
    fix: 'Correct the name that `set` returns, or add the column; the message has the statement.',
  },
  E_SINK_KEY: {
    cause:
      'Rows cannot be found by their key: no unique index, no index at all, or `set` returns no value for a key column.',
    fix: 'Create the index that the message names, or correct `key` of the sink.',
  },
  E_SINK_VALUE: {
    cause: 'A value that `set` or `line` returns does not fit its column or its file.',
    fix: 'Correct what the function returns, or the type or constraint of the column.',
  },
  E_SCHEMA: {
    cause:
      'The output schema cannot be sent to a model: it has types that JSON lacks, is too large, or no answer can fit it.',
    fix: 'Change the field that the message names; see [jobs.md](../jobs.md#schemas-of-any-library).',
  },
  E_PRICE_UNKNOWN: {
    cause: 'The price of the model is not known in this delivery mode, so that no budget could be kept.',
    fix: "`prices: { 'my-model': { batch: { input: 0.15, output: 0.6 } } }` in the configuration, or `pricedAs` of an Azure deployment. `offpeak prices` lists the known ones.",
  },
  E_DATABASE: {
    cause: 'A database cannot be reached or fails: the state, a source or a sink.',
    fix: 'Check host, port and that the server runs. Workers and servers wait for it automatically.',
  },
  E_DATABASE_REFUSED: {
    cause:
      'A database answers and rejects: password, missing rights, encryption, a constraint, a timeout of its own.',
    fix: "The message has the database's own words and code; see [postgres.md](../postgres.md#when-the-database-refuses).",
  },
  E_DATABASE_BUSY: {
    cause: 'Another process holds a lock on the database for too long.',
    fix: 'Wait for it, or end the process that the message names, and run the same command again.',
  },
  E_STATE_CORRUPT: {
    cause: 'The state, or a request file that it points to, cannot be read.',
    fix: 'Restore a backup, or move the files away that the message names; what was sent is found again. See [upgrading.md](../upgrading.md#restore).',
  },
  E_STATE_VERSION: {
    cause: 'The state was written by a newer version of Offpeak, or by a development version.',
    fix: 'Use that version or a newer one in every process. See [upgrading.md](../upgrading.md).',
  },
  E_DISK: {
    cause: 'A disk is full, or a file cannot be read or written.',
    fix: 'Make room and run `offpeak resume`; nothing that was stored is lost.',
  },
  E_FILES: {
    cause: 'This process does not see the directory of request and answer files that the state belongs to.',
    fix: 'Mount the shared directory, or correct `files`. If it is lost for good: `offpeak clean --adopt-files`.',
  },
  E_PORT: {
    cause: 'The port is taken by another program, or another process serves the same data.',
    fix: 'Another `--port`, or `--port 0` for any free one.',
  },
  E_CREDENTIALS: {
    cause: 'A key of a provider is missing, malformed or rejected, or the token callback fails.',
    fix: 'Set the variable that the message names. `offpeak doctor` says which key is used and whether it works.',
  },
  E_PROVIDER_REFUSED: {
    cause: 'The provider rejects a call: model or deployment, quota, credit, content of a file.',
    fix: "The message has the provider's own words. `offpeak doctor` checks model and deployment.",
  },
  E_PROVIDER_AWAY: {
    cause: 'The provider cannot be reached or fails.',
    fix: 'Try again later; runs wait and try again automatically. Behind a proxy see [network.md](../network.md).',
  },
  E_BUDGET: {
    cause: 'The run would cost more than `--max-cost`, the budget of the job, or that of the key allows.',
    fix: 'Allow more, send fewer records (`--limit`), or wait for the next UTC day if the budget is a daily one.',
  },
  E_KEY: {
    cause: 'The API key of the server, the link or the signature of a webhook is missing, wrong or expired.',
    fix: '`offpeak keys add` makes a key; the dashboard is opened with the link that `offpeak serve` prints.',
  },
  E_KEY_UNKNOWN: {
    cause: 'There is no API key with this id.',
    fix: '`offpeak keys ls` lists the keys with their ids.',
  },
  E_SCOPE: {
    cause: 'The API key is not allowed to do this: its scope, its jobs or its budget do not cover it.',
    fix: 'Use another key, or make one with the scope that the message names.',
  },
  E_ORIGIN: {
    cause: 'A request under a host name that is not allowed, or from a page of another origin.',
    fix: 'Use the address that `offpeak serve` prints, or allow the name with `--allow-host`.',
  },
  E_RATE: {
    cause: 'Too many requests, streams, long answers or failed sign-ins at the same time.',
    fix: 'Try again after the seconds that `Retry-After` names.',
  },
  E_REPEAT: {
    cause:
      'An `Idempotency-Key` is malformed, is used for something else, or its first request is still being worked on.',
    fix: 'Use another key for another request; repeat the same request with the same key after a second.',
  },
  E_ROUTE: {
    cause: 'The server has nothing at this path, or not with this method.',
    fix: '[rest.md](rest.md) and `/openapi.json` list the routes.',
  },
  E_FENCED: {
    cause:
      'Another process has taken over the work of this one, because it was silent for longer than its lease.',
    fix: 'Nothing: the other process continues, and this one has written nothing.',
  },
  E_BUG: {
    cause: 'Something that should not happen.',
    fix: 'Run the command again with `-v` to see where, and report it ([security.md](../security.md#reporting) if it may be a vulnerability).',
  },
}
