import { ApiProblem } from './problem.ts'
import { newRepeatKey } from './request.ts'

/**
 * Keys for acts that spend. The same wish, tried again because nobody knows what became of it, goes out under the same
 * key, and is done once; another wish, or the same after a clear answer, has one of its own.
 */
export class Repeats {
  #keys = new Map<string, string>()

  async once<Answer>(wish: unknown, act: (repeatKey: string) => Promise<Answer>): Promise<Answer> {
    const name = JSON.stringify(wish)
    const key = this.#keys.get(name) ?? newRepeatKey()
    this.#keys.set(name, key)
    try {
      const answer = await act(key)
      this.#keys.delete(name)
      return answer
    } catch (error) {
      if (error instanceof ApiProblem && error.problem.money === 'no') this.#keys.delete(name)
      throw error
    }
  }
}
