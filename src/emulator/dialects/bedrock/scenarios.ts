import type { ScenarioDefinition } from '../../core/scenarios/definition.ts'

/** Scenarios that Bedrock's jobs were seen to play. */
export const bedrockScenarios: readonly ScenarioDefinition[] = [
  {
    // Seen live in August and September 2026 by several projects: accepted, then Failed with this message.
    name: 'bedrock-below-100',
    concerns: 'batch',
    summary:
      'fails in validation for too few records, whatever it has: Failed, nothing runs, nothing is billed',
    options: { minimum: { kind: 'number', fallback: 100, about: 'the number of records that is asked for' } },
  },
  {
    // AWS SDK, CreateModelInvocationJob: a matching clientRequestToken is ignored without an error.
    name: 'bedrock-same-token-twice',
    concerns: 'call',
    summary:
      'makes a job and answers 503: the same clientRequestToken finds it again, another one makes a second',
    operations: ['batches.create'],
    times: 1,
    when: 'after',
    strike: () => ({
      type: 'status',
      status: 503,
      fields: { message: 'Service Unavailable', code: 'ServiceUnavailableException' },
    }),
  },
]
