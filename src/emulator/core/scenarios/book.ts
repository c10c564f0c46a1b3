import { callScenarios } from './calls.ts'
import type { BatchScenario, ScenarioDefinition } from './definition.ts'
import { downloadScenarios } from './downloads.ts'
import { lineScenarios } from './lines.ts'
import { lifeScenarios } from './lives.ts'
import { serviceScenarios } from './service.ts'

/** What every service can be made to do. */
const sharedScenarios: readonly ScenarioDefinition[] = [
  ...lifeScenarios,
  ...lineScenarios,
  ...downloadScenarios,
  ...callScenarios,
  ...serviceScenarios,
]

/** The scenarios of an emulator: those of every service, then those of each dialect alone. */
export interface ScenarioBook {
  /** In the order in which they are listed. */
  readonly summaries: readonly ScenarioSummary[]
  /** The kinds of call that there are. */
  readonly operations: readonly string[]
  find(name: string): ScenarioDefinition | undefined
  /** The definition of something that a batch goes through. */
  ofBatch(name: string): BatchScenario | null
  /** Whether a scenario is about a service. */
  concerns(name: string, profile: string): boolean
  /** An error sentence about a name that there is not. */
  unknown(name: string): string
}

/** A scenario as people see it: on the command line, in the dashboard, in the documents. */
export interface ScenarioSummary {
  readonly name: string
  /** What happens, in one line. */
  readonly summary: string
  /** `batch`: one batch goes through it; `call`: calls meet it. */
  readonly concerns: 'batch' | 'call'
  /** The dialect that it belongs to; `null`: every one. */
  readonly dialect: string | null
  readonly options: readonly {
    readonly name: string
    readonly about: string
    /** What it is when nothing is given, as it would be written. */
    readonly fallback: string
    readonly choices: readonly string[]
  }[]
}

/** What the book needs to know of a dialect. */
interface Speaker {
  readonly name: string
  readonly profiles: readonly string[]
  readonly scenarios: readonly ScenarioDefinition[]
}

interface Entry {
  readonly definition: ScenarioDefinition
  readonly speaker: Speaker | null
}

/** The book of scenarios; throws where two of them have one name. */
export function makeScenarioBook(speakers: readonly Speaker[], operations: readonly string[]): ScenarioBook {
  const entries: readonly Entry[] = [
    ...sharedScenarios.map((definition) => ({ definition, speaker: null })),
    ...speakers.flatMap((speaker) => speaker.scenarios.map((definition) => ({ definition, speaker }))),
  ]
  const byName = new Map<string, Entry>()
  for (const entry of entries) {
    const { name } = entry.definition
    if (byName.has(name)) throw new Error(`There are two scenarios called '${name}'.`)
    byName.set(name, entry)
  }
  return {
    summaries: entries.map(summaryOf),
    operations,
    find: (name) => byName.get(name)?.definition,
    ofBatch: (name) => {
      const found = byName.get(name)?.definition
      return found?.concerns === 'batch' ? found : null
    },
    concerns: (name, profile) => {
      const speaker = byName.get(name)?.speaker ?? null
      return speaker === null || speaker.profiles.includes(profile)
    },
    unknown: (name) => `Unknown scenario '${name}'. Known: ${[...byName.keys()].join(', ')}.`,
  }
}

function summaryOf({ definition, speaker }: Entry): ScenarioSummary {
  const { name, summary, concerns, options = {} } = definition
  return {
    name,
    summary,
    concerns,
    dialect: speaker?.name ?? null,
    options: Object.entries(options).map(([key, option]) => ({
      name: key,
      about: option.about,
      fallback:
        option.fallback === null ? (option.kind === 'number' ? 'always' : '') : String(option.fallback),
      choices: option.kind === 'choice' ? option.of : [],
    })),
  }
}
