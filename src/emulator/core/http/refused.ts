import { type ErrorFields, Refusal } from '../errors.ts'
import type { Reply } from './reply.ts'

/** A writer of answers with an error. */
export type ErrorWriter = (status: number, fields: ErrorFields) => WrittenError

export interface WrittenError {
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
}

/** The result of `act`, or the refusal it throws; anything else is a defect and goes up. */
export async function orRefused<T>(act: () => T | Promise<T>): Promise<T | Refusal> {
  try {
    return await act()
  } catch (error) {
    if (error instanceof Refusal) return error
    throw error
  }
}

export async function orRefusal(write: ErrorWriter, act: () => Reply | Promise<Reply>): Promise<Reply> {
  const result = await orRefused(act)
  return result instanceof Refusal ? refusalReply(write, result) : result
}

export function refusalReply(write: ErrorWriter, { status, fields, headers }: Refusal): Reply {
  const { body, headers: written } = write(status, fields)
  return { status, headers: { 'content-type': 'application/json', ...written, ...headers }, body }
}
