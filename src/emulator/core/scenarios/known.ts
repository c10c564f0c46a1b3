import { ANSWER_SHAPES } from '../../dialects/openai/scenarios/answer-shapes.ts'
import { BATCH_OBJECT } from '../../dialects/openai/scenarios/batch-object.ts'
import { CALLS } from './calls.ts'
import type { BatchScenario, ScenarioDefinition } from './definition.ts'
import { DOWNLOADS } from './downloads.ts'
import { LINES } from './lines.ts'
import { LIVES } from './lives.ts'
import { SERVICE } from './service.ts'

/** Every scenario, in the order in which they are listed. */
export const DEFINITIONS: readonly ScenarioDefinition[] = [
  ...LIVES,
  ...BATCH_OBJECT,
  ...LINES,
  ...ANSWER_SHAPES,
  ...DOWNLOADS,
  ...CALLS,
  ...SERVICE,
]

const BY_NAME = new Map(DEFINITIONS.map((definition) => [definition.name, definition]))

export function findScenario(name: string): ScenarioDefinition | undefined {
  return BY_NAME.get(name)
}

/** The definition of something that a batch goes through. */
export function batchScenario(name: string): BatchScenario | null {
  const found = BY_NAME.get(name)
  return found?.concerns === 'batch' ? found : null
}

/** A scenario as it is told to people: on the command line, in the dashboard, in the documents. */
export interface ScenarioSummary {
  readonly name: string
  /** What happens, in one line. */
  readonly summary: string
  /** `batch`: one batch goes through it; `call`: calls meet it. */
  readonly concerns: 'batch' | 'call'
  readonly options: readonly {
    readonly name: string
    readonly about: string
    /** What it is when nothing is given, as it would be written. */
    readonly fallback: string
    readonly choices: readonly string[]
  }[]
}

/** The scenarios that the emulator knows, by name. */
export const SCENARIOS: readonly ScenarioSummary[] = DEFINITIONS.map(
  ({ name, summary, concerns, options = {} }) => ({
    name,
    summary,
    concerns,
    options: Object.entries(options).map(([key, option]) => ({
      name: key,
      about: option.about,
      fallback:
        option.fallback === null ? (option.kind === 'number' ? 'always' : '') : String(option.fallback),
      choices: option.kind === 'choice' ? option.of : [],
    })),
  }),
)

export function unknownScenario(name: string): string {
  return `Unknown scenario '${name}'. Known: ${DEFINITIONS.map((known) => known.name).join(', ')}.`
}
