import { z } from 'zod'
import { messageOf, OffpeakError } from '../domain/errors.ts'
import { namedValues } from '../domain/named-values.ts'
import { readTrustedProxy } from './trusted-proxies.ts'

const trustedProxy = z.string().check((given) => {
  try {
    readTrustedProxy(given.value)
  } catch (thrown) {
    const words = thrown instanceof OffpeakError ? `${thrown.message}: ${thrown.fix}` : messageOf(thrown)
    given.issues.push({ code: 'custom', message: words, input: given.value })
  }
})

/** Settings of the server for paths besides its own, and its public address. */
export const api = z
  .strictObject({
    /** The address under which people reach it, for links in what is sent to `notify`; left out: where it listens. */
    url: z.url({ protocol: /^https?$/ }).optional(),
    /**
     * Proxies before the server: `loopback`, an address or a block (CIDR). Only what they say of a client's address,
     * scheme and host is believed.
     */
    trustedProxies: z.array(trustedProxy).default([]),
    /**
     * Paths of a batch service of one's own, under /api/v1/batch: which job they mean, and the fields by which
     * `products/status` tells how far it is.
     */
    compat: z
      .strictObject({
        job: z.string(),
        by: z.array(z.string()).max(3).default([]),
        /** Parameters of the job for `products/status`, where the query gives none. */
        params: namedValues.default({}),
      })
      .optional(),
  })
  .prefault({})
