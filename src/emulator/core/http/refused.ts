import { Refusal, errorBody } from '../errors.ts'
import type { Dialect } from '../../dialects/openai/paths.ts'
import type { Reply } from './reply.ts'

/** What `act` gives, or the refusal it throws; anything else is a defect and goes up. */
export async function orRefused<T>(act: () => T | Promise<T>): Promise<T | Refusal> {
  try {
    return await act()
  } catch (error) {
    if (error instanceof Refusal) return error
    throw error
  }
}

export async function orRefusal(dialect: Dialect, act: () => Promise<Reply>): Promise<Reply> {
  const result = await orRefused(act)
  return result instanceof Refusal ? refusalReply(dialect, result) : result
}

export function refusalReply(dialect: Dialect, refusal: Refusal): Reply {
  return {
    status: refusal.status,
    headers: { 'content-type': 'application/json', ...refusal.headers },
    body: errorBody(dialect, refusal.status, refusal.fields),
  }
}
