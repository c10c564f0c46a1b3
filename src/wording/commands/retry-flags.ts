import { countFlag, textFlag, textsFlag, yesFlag } from './flags.ts'

/** What says which requests are sent again, and as what. */
export const retryFlags = {
  status: textsFlag('--status <outcomes>', 'those that ended so: invalid,expired,…'),
  error: textFlag('--error <text>', 'those whose reason contains this'),
  only: textsFlag('--only <keys>', 'only these keys: a,b,c or @file with a key in each line'),
  today: yesFlag('--today', 'with the job as it is now, in a run of its own'),
  asSent: yesFlag('--as-sent', 'with the very bytes that were sent before'),
  maxTokens: countFlag('--max-tokens <n>', 'with this limit of output tokens, for these records alone'),
  model: textFlag('--model <name>', 'with this model, for these records alone'),
} as const
