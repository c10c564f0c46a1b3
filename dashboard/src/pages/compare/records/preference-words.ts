import type { Preference } from '../../../../../src/server/contract/compare.ts'

/** A judgement: its key on the keyboard, its word, and the sign for a narrow place. */
export interface PreferenceWords {
  readonly preference: Preference
  readonly keys: string
  readonly words: string
  readonly sign: string
  readonly said: string
}

export const preferences: readonly PreferenceWords[] = [
  { preference: 'a', keys: '1', words: 'A', sign: 'A', said: 'A is better' },
  { preference: 'b', keys: '2', words: 'B', sign: 'B', said: 'B is better' },
  { preference: 'tie', keys: '3', words: 'tie', sign: '=', said: 'they are as good' },
  { preference: 'bad', keys: '4', words: 'both bad', sign: '×', said: 'both are bad' },
]

export function preferenceWords(preference: Preference): PreferenceWords | undefined {
  return preferences.find((words) => words.preference === preference)
}
