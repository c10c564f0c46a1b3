import { OffpeakError } from '../../domain/errors.ts'
import { type Scope, scopes } from '../../domain/scope.ts'
import type { Project } from '../../compose/project.ts'
import type { KeyRow } from '../../ports/state.ts'
import { mintKey } from '../../server/guard/api-key.ts'
import { command, type CommandContext } from '../command.ts'
import { formatTime } from '../screen/format.ts'
import { formatUsd } from '../../wording/amount.ts'
import { amountFlag, choiceFlag, durationFlag, textFlag } from '../../wording/commands/flags.ts'
import { jobsOf, keysView, runTotalsOf } from './keys-view.ts'

const idLength = 8
const actions = ['add', 'ls', 'rm'] as const

interface Wish {
  readonly scope: Scope | null
  readonly jobs: string | null
  readonly budget: number | null
  readonly expires: number | null
}

const keys = command({
  name: 'keys',
  summary: 'who may call the server: add, list and revoke keys',
  group: 'Project',
  arguments: [
    { syntax: '<action>', summary: 'add, ls or rm', choices: actions },
    { syntax: '[key]', summary: 'add: a name for it; rm: its id, or its name' },
  ],
  options: {
    scope: choiceFlag(
      '--scope <scope>',
      'add: read looks, run also plans and spends (the default), admin also turns the emulator',
      scopes,
    ),
    jobs: textFlag('--jobs <a,b>', 'add: only these jobs and their runs'),
    budget: amountFlag('--budget <amount>', 'add: what all runs that it starts may cost together'),
    expires: durationFlag('--expires <duration>', 'add: it ends after so long, as in 30d'),
  },
  examples: [
    'offpeak keys add ci --scope run --expires 30d',
    "offpeak keys add shop --jobs products --budget '$5'",
    'offpeak keys add grafana --scope read --json',
    'offpeak keys ls',
    'offpeak keys rm ci',
  ],
  notes: [
    'A key is shown once, when it is added: the state has a digest of it only. Programs send it as `X-API-Key: op_live_…`. A key that was removed is refused within a second, by every server of this state.',
  ],
  async run(context, [action = '', named], { scope, jobs, budget, expires }) {
    const wish: Wish = { scope, jobs, budget, expires }
    const offpeak = await context.open()
    if (action !== 'add') refuseFlags(wish)
    switch (action) {
      case 'add':
        return add(context, offpeak, named, wish)
      case 'ls':
        return list(context, offpeak)
      case 'rm':
        return remove(context, offpeak, named)
      default:
        throw new OffpeakError('E_USAGE', `keys cannot ${action}`, { fix: `one of ${actions.join(', ')}` })
    }
  },
})
export { keys as command }

async function add(
  context: CommandContext,
  { store, flow, job }: Project,
  name: string | undefined,
  wish: Wish,
): Promise<number> {
  if (name === undefined || name.trim() === '')
    throw new OffpeakError('E_USAGE', 'a key has a name', {
      fix: 'offpeak keys add ci: what it is for, so that you know later which one to remove',
    })
  const standing = (await store.keys()).find(
    (key) => key.name === name && runTotalsOf(key, flow.clock.now()) === 'valid',
  )
  if (standing)
    throw new OffpeakError('E_USAGE', `there is a key ${name} already`, {
      fix: `another name, or offpeak keys rm ${standing.id} first`,
    })
  const jobs = wish.jobs === null ? null : wish.jobs.split(',').map((text) => text.trim())
  for (const each of jobs ?? []) await job(each)
  const { text, id, hash } = mintKey(flow.random.id(idLength))
  const now = flow.clock.now()
  const row: KeyRow = {
    id,
    name,
    secretHash: hash,
    scope: wish.scope ?? 'run',
    jobs: jobs === null ? null : JSON.stringify(jobs),
    budgetMicroUsd: wish.budget,
    createdAt: now,
    expiresAt: wish.expires === null ? null : now + wish.expires,
    revokedAt: null,
    lastUsedAt: null,
  }
  await store.addKey(row)
  if (context.globals.json) context.printJson({ schema: 'offpeak.key/2', ...shown(row), key: text })
  else context.print(text)
  context.say(`  Key ${name} (${id}): ${wordsOf(row)}. It is not shown again.`)
  context.next('Remove', `offpeak keys rm ${id}`)
  return 0
}

async function list(context: CommandContext, { store, flow, config }: Project): Promise<number> {
  const rows = await store.keys()
  const taken = new Map<string, number>()
  for (const { id, budgetMicroUsd } of rows) {
    const budget = budgetMicroUsd === null ? null : await store.budget(`key:${id}`)
    if (budget) taken.set(id, budget.spentMicroUsd + budget.reservedMicroUsd)
  }
  const now = flow.clock.now()
  if (context.globals.json)
    context.printJson({
      schema: 'offpeak.keys/2',
      keys: rows.map((row) => ({
        ...shown(row),
        state: runTotalsOf(row, now),
        takenMicroUsd: taken.get(row.id) ?? 0,
      })),
    })
  else if (rows.length === 0) context.say('  There is no key yet: offpeak keys add <name>')
  else
    context.show(keysView(rows, { paint: context.paint, columns: context.io.stdout.columns(), now, taken }))
  if (config.environment.apiKey !== null)
    context.say(`  ${config.environment.apiKey.name} in the environment is one more, of the scope run.`)
  return 0
}

async function remove(
  context: CommandContext,
  { store, flow }: Project,
  named: string | undefined,
): Promise<number> {
  const now = flow.clock.now()
  const rows = await store.keys()
  // The id is a part of the key's text; whoever pastes all of it means the same.
  const id = /^op_live_([a-z0-9]+)_/.exec(named ?? '')?.[1] ?? named
  const key =
    rows.find((row) => row.id === id) ??
    rows.find((row) => row.name === named && runTotalsOf(row, now) === 'valid')
  if (!key)
    throw new OffpeakError('E_KEY_UNKNOWN', named === undefined ? 'which key?' : 'there is no such key', {
      fix: rows.length === 0 ? 'there is none' : 'offpeak keys ls shows them with their ids',
    })
  const revoked = await store.revokeKey(key.id, now)
  if (context.globals.json) context.printJson({ schema: 'offpeak.key-removed/2', id: key.id, name: key.name })
  context.say(
    revoked
      ? `  Key ${key.name} (${key.id}) is refused from now on. Runs that it started continue.`
      : `  Key ${key.name} (${key.id}) was removed before.`,
  )
  return 0
}

function shown(
  row: KeyRow,
): Omit<KeyRow, 'secretHash' | 'jobs'> & { readonly jobs: readonly string[] | null } {
  const { secretHash: _secret, ...rest } = row
  return { ...rest, jobs: jobsOf(row) }
}

function wordsOf({ scope, jobs, budgetMicroUsd, expiresAt }: KeyRow): string {
  const names = jobsOf({ jobs })
  return [
    `scope ${scope}`,
    names === null ? 'all jobs' : `jobs ${names.join(', ')}`,
    ...(budgetMicroUsd === null ? [] : [`up to ${formatUsd(budgetMicroUsd)}`]),
    ...(expiresAt === null ? [] : [`until ${formatTime(expiresAt)}`]),
  ].join(', ')
}

function refuseFlags(wish: Wish): void {
  const given = Object.entries(wish).find(([, value]) => value !== null)
  if (given) throw new OffpeakError('E_USAGE', `--${given[0]} is for keys add`)
}
