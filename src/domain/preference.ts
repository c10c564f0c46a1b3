/** Which of two answers to one record a person finds better; `bad`: neither is good. */
export const preferenceNames = ['a', 'b', 'tie', 'bad'] as const

export type Preference = (typeof preferenceNames)[number]

/** How often each was said. */
export type PreferenceCounts = Readonly<Record<Preference, number>>

/** The same thought of the answers in the other order. */
export function otherWay(preference: Preference): Preference {
  return preference === 'a' ? 'b' : preference === 'b' ? 'a' : preference
}
