import type { Track } from 'offpeak'

/** The status columns of `products`, and `openai_batches`: kept up to date while a run goes on. */
export const track: Track = {
  records: {
    table: 'products',
    key: 'sku',
    set: ({ key, state, providerBatchId, at, error }) => ({
      openai_product_id: key,
      openai_processing_status: state,
      openai_batch_id: providerBatchId,
      openai_processed_at: state === 'processing' ? null : at,
      openai_error_message: error,
    }),
  },
  batches: {
    upsert: 'openai_batches',
    key: 'batch_id',
    set: (batch) => ({
      batch_id: batch.id,
      filename: batch.filename ?? `${batch.id}.jsonl`,
      product_count: batch.records,
      status: batch.state,
      openai_job_id: batch.providerBatchId,
      result_file: batch.outputFileId,
      error_message: batch.error,
      created_at: batch.createdAt,
      completed_at: batch.endedAt,
    }),
  },
}
