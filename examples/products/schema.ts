/** The tables of the products jobs: products with their content and its status, batches, and content by locale. */
export const createTables = `
create table if not exists products (
  id serial primary key,
  sku varchar(100) not null unique,
  name text not null,
  slug text not null,
  brand text,
  category text not null,
  description text,
  msrp_price numeric(10, 2),
  url_source text,
  image_uri text,
  specs jsonb not null default '{}',
  product_input jsonb,
  images jsonb,
  ai_generated_content jsonb,
  customer_reviews jsonb,
  content_metadata jsonb,
  qa jsonb,
  quality_score real,
  quality_notes text,
  title text,
  title_variant text,
  title_score real
);
alter table products add column if not exists openai_product_id varchar(100);
alter table products add column if not exists openai_processing_status varchar(50) default 'pending';
alter table products add column if not exists openai_batch_id varchar(100);
alter table products add column if not exists openai_processed_at timestamp;
alter table products add column if not exists openai_error_message text;
create index if not exists products_category on products (category, sku);
create index if not exists products_status on products (openai_processing_status);
create table if not exists openai_batches (
  id serial primary key,
  batch_id varchar(100) unique not null,
  filename varchar(255) not null,
  product_count integer default 0,
  status varchar(50) default 'pending',
  openai_job_id varchar(100),
  result_file varchar(255),
  error_message text,
  created_at timestamp default current_timestamp,
  completed_at timestamp
);
create table if not exists product_contents (
  sku varchar(100) not null references products (sku),
  locale varchar(10) not null,
  content jsonb not null,
  primary key (sku, locale)
);
`

export const dropTables = 'drop table if exists product_contents, openai_batches, products;'
