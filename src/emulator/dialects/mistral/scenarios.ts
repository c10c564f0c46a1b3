import type { BatchScenario } from '../../core/scenarios/definition.ts'

/** Scenarios that Mistral's jobs have and others do not. */
export const mistralScenarios: readonly BatchScenario[] = [
  {
    // Mistral document, Batch processing: TIMEOUT_EXCEEDED; what such a job keeps is not documented.
    name: 'mistral-timeout',
    concerns: 'batch',
    summary: 'runs out of its time: TIMEOUT_EXCEEDED, with what has run in its files, or with nothing',
    options: {
      fraction: { kind: 'number', fallback: 0.5, about: 'the share of the requests that run, from 0 to 1' },
      keeps: {
        kind: 'choice',
        of: ['output', 'nothing'],
        fallback: 'output',
        about: 'what it gives back of what has run; all of that is billed',
      },
      windowSeconds: { kind: 'number', fallback: 60, about: 'provider seconds until it is over' },
    },
    entails: ({ options: { fraction, windowSeconds } }) => [
      { name: 'expire-partial', options: { fraction, windowSeconds } },
    ],
  },
]
