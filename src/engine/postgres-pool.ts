import { type PostgresAddress, type PostgresTls, wantsOtherTls } from '../planning/addresses/postgres-url.ts'

interface PoolLike {
  connect(): Promise<{ release(): void }>
  end(): Promise<void>
}

/**
 * The pool of the first try that the server takes, found out by a connection that stays in it; where there is but one
 * try, nothing connects. Throws what the last try was refused with, or the first that says nothing about TLS.
 */
export async function choosePool<Pool extends PoolLike>(
  { tries }: Pick<PostgresAddress, 'tries'>,
  make: (ssl: PostgresTls) => Pool,
): Promise<Pool> {
  const [first, ...others] = tries
  const pool = make(first)
  const [next, ...rest] = others
  if (next === undefined) return pool
  try {
    const client = await pool.connect()
    client.release()
    return pool
  } catch (thrown) {
    await pool.end()
    if (!wantsOtherTls(thrown)) throw thrown
    return choosePool({ tries: [next, ...rest] }, make)
  }
}
