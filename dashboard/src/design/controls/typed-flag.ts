import { createContext } from 'react'

/** What commands need to see what this page shows; empty: nothing. */
export const TypedFlag = createContext('')

/** A command with the flag behind its verb; what makes or serves a project needs none. */
export function withFlag(command: string, flag: string): string {
  return flag === '' ? command : command.replace(/^offpeak (?!dev\b|init\b)([a-z]+)/, `offpeak $1 ${flag}`)
}
