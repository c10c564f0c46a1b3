import { answerShapeScenarios } from '../../dialects/openai/scenarios/answer-shapes.ts'
import { batchObjectScenarios } from '../../dialects/openai/scenarios/batch-object.ts'
import { callScenarios } from './calls.ts'
import type { BatchScenario, ScenarioDefinition } from './definition.ts'
import { downloadScenarios } from './downloads.ts'
import { lineScenarios } from './lines.ts'
import { lifeScenarios } from './lives.ts'
import { serviceScenarios } from './service.ts'

/** Every scenario, in the order in which they are listed. */
export const definitions: readonly ScenarioDefinition[] = [
  ...lifeScenarios,
  ...batchObjectScenarios,
  ...lineScenarios,
  ...answerShapeScenarios,
  ...downloadScenarios,
  ...callScenarios,
  ...serviceScenarios,
]

const byName = new Map(definitions.map((definition) => [definition.name, definition]))

export function findScenario(name: string): ScenarioDefinition | undefined {
  return byName.get(name)
}

/** The definition of something that a batch goes through. */
export function batchScenario(name: string): BatchScenario | null {
  const found = byName.get(name)
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
export const knownScenarios: readonly ScenarioSummary[] = definitions.map(
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
  return `Unknown scenario '${name}'. Known: ${definitions.map((known) => known.name).join(', ')}.`
}
