import { setTimeout as sleep } from 'node:timers/promises'
import { begin, type KitOptions, openKit, type KitProject } from '../../../test/engine/run-kit.ts'
import { type CreateRelay, type Fate, startCreateRelay } from '../create-relay.ts'
import { type Figure, figureOf, type How, none } from '../figure.ts'
import { seededRandom } from '../../../src/emulator/core/random.ts'

/** Pauses are a tenth of the usual ones, and so are the delays of what arrives late. */
const shrink = 10
const timings = {
  leaseMs: 30_000,
  settleMs: [15_000, 45_000, 60_000].map((pauseMs) => pauseMs / shrink),
  listingLagMs: 15_000 / shrink,
  lostAfterMs: 60_000,
  pollEveryMs: 50,
  quotaBackoffMs: 50,
}
/** How long a create that its client gave up still takes on average, in milliseconds. */
const meanLateMs = 90_000 / shrink
/** How late the list shows a batch: half of what is allowed for. */
const listLagMs = 7_500 / shrink

interface Profile {
  readonly name: string
  readonly service: (relay: CreateRelay) => NonNullable<KitOptions['service']>
  readonly job?: string
  /** How long it may take until it is known what became of a create, in minutes: a day more where nothing is a fence. */
  readonly withinMinutes: number
  /** A create that never arrives is left to a person, because nothing proves that there was none. */
  readonly leavesLost?: true
}

function service(
  name: string,
  model: string,
  base: string,
  env: (url: string) => Readonly<Record<string, string>>,
): Profile['service'] {
  return (relay) => ({
    name,
    model,
    env: (emulator) => {
      relay.to = emulator.url
      const path = base === '' ? '' : new URL(emulator.baseUrls[base] ?? '').pathname.replace(/\/$/, '')
      return env(`${relay.url}${path}`)
    },
  })
}

const profiles: readonly Profile[] = [
  {
    name: 'OpenAI',
    withinMinutes: 5,
    service: service('openai', "openai('gpt-4o-mini')", 'openai', (url) => ({
      OPENAI_API_KEY: 'sk-any',
      OPENAI_BASE_URL: url,
    })),
  },
  {
    name: 'Azure',
    withinMinutes: 5,
    service: service('azure', "azure('gpt-4o-mini')", '', (url) => ({
      AZURE_OPENAI_API_KEY: 'any',
      AZURE_OPENAI_ENDPOINT: url,
    })),
  },
  {
    name: 'Mistral',
    withinMinutes: 25 * 60,
    service: service(
      'env, mistral',
      "mistral('mistral-small-latest', { baseUrl: env('OFFPEAK_SCORE_MISTRAL') })",
      'mistral',
      (url) => ({ MISTRAL_API_KEY: 'any', OFFPEAK_SCORE_MISTRAL: url }),
    ),
  },
  {
    name: 'Gemini',
    withinMinutes: 25 * 60,
    job: 'parameters: { generationConfig: { thinkingConfig: { thinkingBudget: 0 } } },',
    service: service('gemini', "gemini('gemini-2.5-flash')", 'gemini', (url) => ({
      GEMINI_API_KEY: 'AIza-any',
      GOOGLE_GEMINI_BASE_URL: url,
    })),
  },
  {
    name: 'Anthropic',
    withinMinutes: 25 * 60,
    leavesLost: true,
    job: "parameters: { thinking: { type: 'disabled' } },",
    service: service('anthropic', "anthropic('claude-haiku-5-5')", 'anthropic', (url) => ({
      ANTHROPIC_API_KEY: 'sk-ant-any',
      ANTHROPIC_BASE_URL: url,
    })),
  },
]

/** The fates of creates that come to nothing sure, in the proportions of a bad network and a slow service. */
function ambiguousFate(random: () => number): Fate {
  const drawn = random()
  if (drawn < 0.3) return 'request lost'
  if (drawn < 0.65) return 'response lost'
  return { arrivesAfterMs: Math.ceil(-Math.log(1 - random()) * meanLateMs) }
}

interface Found {
  readonly ambiguous: number
  readonly paidTwice: number
  readonly resolvedMs: readonly number[]
  /** Creates that a person has to decide about. */
  readonly left: number
  /** Creates that never arrived. */
  readonly lost: number
}

/** One run whose every create is ambiguous at first, each record in a batch of its own. */
async function one(profile: Profile, records: number, seed: number): Promise<Found> {
  const random = seededRandom(seed)
  await using relay = await startCreateRelay((nth) =>
    nth <= records || random() < 0.2 ? ambiguousFate(random) : 'passes',
  )
  await using project = await openKit({
    records,
    service: profile.service(relay),
    ...(profile.job === undefined ? {} : { job: profile.job }),
    settings: { batch: { maxRequests: 1 }, timings },
    emulator: { listLagMs, batchesPerHour: 1_000_000, seed },
  })
  const runId = await begin(project, {}, 1_000_000)
  const watched = new AbortController()
  const watching = watch(project, runId, watched.signal)
  await project.offpeak.drive({ runIds: [runId], signal: AbortSignal.timeout(240_000) })
  // A run that is paused for a person is still looked after by whoever works for all.
  const openNow = async (): Promise<number> =>
    (await project.offpeak.store.attempts(runId, ['creating', 'in_doubt'])).length
  await project.offpeak.drive({
    runIds: null,
    signal: AbortSignal.timeout(20_000),
    until: async () => (await openNow()) === 0,
  })
  watched.abort()
  const resolvedMs = await watching
  await relay.settled()
  await untilQuiet(project)
  return {
    ambiguous: relay.ambiguous(),
    paidTwice: project.emulator.bill().duplicate_requests,
    resolvedMs,
    left: await openNow(),
    lost: relay.lost(),
  }
}

/** How long each attempt was in doubt, in milliseconds, of those that came out of it. */
async function watch(
  { offpeak }: KitProject,
  runId: string,
  signal: AbortSignal,
): Promise<readonly number[]> {
  const since = new Map<number, number>()
  const took: number[] = []
  for (;;) {
    const now = performance.now()
    const open = new Set((await offpeak.store.attempts(runId, ['in_doubt'])).map(({ id }) => id))
    for (const id of open) if (!since.has(id)) since.set(id, now)
    for (const [id, at] of since)
      if (!open.has(id)) {
        took.push(now - at)
        since.delete(id)
      }
    if (signal.aborted) return took
    await sleep(20)
  }
}

/** Until no batch at the service is at work any more. */
async function untilQuiet({ emulator }: KitProject): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if (emulator.bill().by_batch.every(({ status }) => !/validating|in_progress|finalizing/.test(status)))
      return
    await sleep(20)
  }
  throw new Error('batches do not end')
}

/** The two figures of one service. */
async function figuresOf(profile: Profile, { size, seed }: How): Promise<readonly Figure[]> {
  const [wanted, perRun] = size === 'full' ? [10_000, 200] : [40, 40]
  const found: Found[] = []
  const sum = (pick: (each: Found) => number): number => found.reduce((all, each) => all + pick(each), 0)
  const ambiguous = (): number => sum((each) => each.ambiguous)
  for (let round = 0; ambiguous() < wanted; round += 1)
    found.push(await one(profile, perRun, seed * 1_000 + round))
  const times = found.flatMap(({ resolvedMs }) => resolvedMs).toSorted((one, two) => one - two)
  const lost = profile.leavesLost ? sum((each) => each.lost) : 0
  const cases = ambiguous() - lost
  const share = 1 - Math.max(0, sum((each) => each.left) - lost) / cases
  const minutes = (ms: number | undefined): string => (((ms ?? 0) * shrink) / 60_000).toFixed(1)
  const { name, withinMinutes } = profile
  const isInTime = ((times.at(-1) ?? 0) * shrink) / 60_000 <= withinMinutes
  const median = minutes(times[Math.floor(times.length / 2)])
  const others = lost === 0 ? '' : `; ${lost} that never arrived wait for a person, as is decided`
  return [
    none(
      5,
      `${name}: requests paid twice by ambiguous creates`,
      sum((each) => each.paidTwice),
      ambiguous(),
      'ambiguous creates',
      { seed, asked: 10_000 },
    ),
    figureOf({
      row: 6,
      figure: `${name}: unknown creates that are cleared up without a person, and how long that takes`,
      target: `≥ 99.9 %, ≤ ${withinMinutes > 60 ? `${withinMinutes / 60} h` : `${withinMinutes} min`}`,
      measured: `${(100 * share).toFixed(2)} % of ${cases}; median ${median} min, longest ${minutes(times.at(-1))} min, at pauses of a ${shrink}th${others}`,
      isGood: share >= 0.999 && isInTime,
      cases,
      asked: 1_000,
      seed,
    }),
  ]
}

/** Requests that are paid twice because nobody knows what became of a create, and how long that stays unknown. */
export async function ambiguousCreates(how: How): Promise<readonly Figure[]> {
  return (await Promise.all(profiles.map((profile) => figuresOf(profile, how)))).flat()
}
