import { textFlag, textsFlag } from './flags.ts'

/** What says which requests are sent again. */
export const retryFlags = {
  status: textsFlag('--status <outcomes>', 'those that ended so: invalid,expired,…'),
  error: textFlag('--error <text>', 'those whose reason contains this'),
  only: textsFlag('--only <keys>', 'only these keys: a,b,c or @file with a key in each line'),
} as const
