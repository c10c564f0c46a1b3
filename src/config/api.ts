import { z } from 'zod'

/** What the server serves besides its own paths, and what the world calls it. */
export const api = z
  .strictObject({
    /** The address under which people reach it, for links in what is sent to `notify`; left out: where it listens. */
    url: z.url({ protocol: /^https?$/ }).optional(),
    /**
     * Paths of a batch service of one's own, under /api/v1/batch: which job they mean, and the fields by which
     * `products/status` tells how far it is.
     */
    compat: z
      .strictObject({
        job: z.string(),
        by: z.array(z.string()).max(3).default([]),
        /** Parameters of the job for `products/status`, where the query gives none. */
        params: z.record(z.string(), z.unknown()).default({}),
      })
      .optional(),
  })
  .default({})
