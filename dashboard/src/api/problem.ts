import type { Problem } from '../../../src/server/contract/problem.ts'

/** What the server, or the way to it, refused: the fields of problem+json as an error. */
export class ApiProblem extends Error {
  readonly problem: Problem

  constructor(problem: Problem) {
    super(problem.detail)
    this.name = 'ApiProblem'
    this.problem = problem
  }
}

/** Whether somebody is not, or no longer, let in. */
export function isLockedOut(error: unknown): boolean {
  return error instanceof ApiProblem && error.problem.status === 401
}

/** Any thrown thing as a problem to show. */
export function problemOf(thrown: unknown): Problem {
  if (thrown instanceof ApiProblem) return thrown.problem
  return {
    type: 'about:blank',
    title: 'The page stumbled',
    status: 0,
    detail: thrown instanceof Error ? thrown.message : String(thrown),
    code: 'E_BUG',
    where: null,
    fix: 'reload the page; if it happens again, please report it',
    money: 'no',
  }
}

/** A server that cannot be reached. `asked`: the request may have come through all the same. */
export function unreachable(asked: boolean): ApiProblem {
  return new ApiProblem({
    type: 'about:blank',
    title: 'The server does not answer',
    status: 0,
    detail: 'the server does not answer',
    code: 'E_AWAY',
    where: location.origin,
    fix: 'see whether `offpeak serve` still runs; the page tries again automatically',
    money: asked ? 'unknown' : 'no',
  })
}

/** Reads a refusal; one that is not ours (a proxy's page) keeps its status. */
export async function readProblem(response: Response): Promise<ApiProblem> {
  const body: unknown = await response.json().catch(() => null)
  if (isProblem(body)) return new ApiProblem(body)
  return new ApiProblem({
    type: 'about:blank',
    title: response.statusText || 'Refused',
    status: response.status,
    detail: `the server answered ${response.status} ${response.statusText}`.trim(),
    code: 'E_AWAY',
    where: new URL(response.url).pathname,
    fix: null,
    money: 'unknown',
  })
}

function isProblem(body: unknown): body is Problem {
  return (
    typeof body === 'object' &&
    body !== null &&
    'code' in body &&
    typeof body.code === 'string' &&
    'detail' in body &&
    typeof body.detail === 'string'
  )
}
