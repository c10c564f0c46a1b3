import type { ScenarioDefinition } from '../../../core/scenarios/definition.ts'
import { answerShapeScenarios } from './answer-shapes.ts'
import { batchObjectScenarios } from './batch-object.ts'
import { callScenarios } from './calls.ts'
import { lineScenarios } from './lines.ts'
import { lifeScenarios } from './lives.ts'

/** What OpenAI, Azure and the services that speak like them were seen to do, in the order in which it is listed. */
export const openaiScenarios: readonly ScenarioDefinition[] = [
  ...lifeScenarios,
  ...batchObjectScenarios,
  ...lineScenarios,
  ...answerShapeScenarios,
  ...callScenarios,
]
