import type { Preference, PreferenceCounts } from '../../domain/preference.ts'

/** Two sides that are compared: runs, or variants of runs as `run:variant`, in a fixed order. */
export interface Sides {
  readonly a: string
  readonly b: string
}

/** Which answers people found better. */
export interface PreferenceStore {
  /** What was said of these records. */
  preferences(sides: Sides, keys: readonly string[]): Promise<ReadonlyMap<string, Preference>>
  preferenceCounts(sides: Sides): Promise<PreferenceCounts>
  /** Takes the place of what was said before; null takes that back. */
  prefer(sides: Sides, key: string, preference: Preference | null, now: number): Promise<void>
}
