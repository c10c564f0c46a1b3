import type { Plan } from './plan.ts'

/** Whether a plan has nothing to send, and records that changed and are to be taken as done from now on. */
export function onlyKeeps({ toSend, exact, isKept, changed }: Plan): boolean {
  return toSend === 0 && exact && isKept && changed > 0
}
