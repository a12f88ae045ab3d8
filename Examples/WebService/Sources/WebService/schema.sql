-- The service's own tables.  Pawl's are in the schema "pawl" of the same database, which is what
-- lets one transaction write both.

create schema if not exists shop;

create table if not exists shop.item (
  sku   text    primary key,
  stock integer not null,

  constraint item_stock_lasts check (stock >= 0)
);

create table if not exists shop.orders (
  id         bigint      generated always as identity primary key,
  sku        text        not null,
  quantity   integer     not null,
  ordered_at timestamptz not null default now(),
  run_id     uuid,       -- the run that ships it
  shipped_at timestamptz,

  constraint orders_item_exists foreign key (sku) references shop.item,
  constraint orders_quantity_is_positive check (quantity >= 1)
);

-- What left the house.  Nothing here is unique: an order that was shipped twice would show.
create table if not exists shop.parcel (
  order_id bigint      not null references shop.orders,
  sent_at  timestamptz not null default now()
);

insert into shop.item (sku, stock) values ('tea', 100), ('teapot', 3) on conflict do nothing;
