-- What the input of a workflow has to look like: the member `input_schema` of its definition, a JSON
-- Schema.
--
-- Enqueueing checks what is cheap: the type of the whole, and of its members the ones that are
-- required or not allowed, their types, and values that are listed or bounded.  A worker checks all
-- before the first step.  So nothing may be refused here that the whole schema allows: what is
-- spelled in a way that this file does not know is left to the worker.

alter table pawl.definition
  add column input_schema jsonb
  generated always as (nullif(body -> 'input_schema', 'null')) stored;

-- A value for a message.
create function pawl.excerpt(value jsonb) returns text
  language sql immutable strict
  set search_path = pg_catalog, pg_temp
  as $$
    select case jsonb_typeof(value)
      when 'object' then 'an object'
      when 'array' then 'an array'
      when 'string' then case
        when length(value #>> '{}') <= 40 then value::text
        else to_jsonb(left(value #>> '{}', 40) || '…')::text
      end
      else left(value::text, 40)
    end
  $$;

-- Whether a number is compared the same as a decimal and as an integer or an IEEE double.
create function pawl.number_is_exact(value jsonb) returns boolean
  language sql immutable strict
  set search_path = pg_catalog, pg_temp
  as $$
    select case
      when jsonb_typeof(value) = 'number'
        then abs(value::numeric) <= 9007199254740992 and pawl.number_survives(value::numeric)
      else false
    end
  $$;

-- Says why a value cannot fit a schema, as far as that is cheap to see; null if it may.
create function pawl.misfit(schema jsonb, value jsonb) returns text
  language plpgsql immutable strict
  set search_path = pg_catalog, pg_temp
  as $$
declare
  kind    text := jsonb_typeof(value);
  types   jsonb;
  choices jsonb;
  bound   jsonb;
  number  numeric;
begin
  if jsonb_typeof(schema) <> 'object' then
    return null;
  end if;

  types := schema -> 'type';
  if jsonb_typeof(types) = 'string' then
    types := jsonb_build_array(types);
  end if;
  if jsonb_typeof(types) = 'array' and not types ? kind
    and types <@ '["string", "number", "integer", "boolean", "object", "array", "null"]'
    and not (kind = 'number' and types ? 'integer'
             and (not pawl.number_is_exact(value) or value::numeric = trunc(value::numeric)))
  then
    return format('is %s, not of type %s', pawl.excerpt(value),
      (select string_agg(t.name, ' or ') from jsonb_array_elements_text(types) as t (name)));
  end if;

  if kind in ('object', 'array') then
    return null;
  end if;

  choices := case
    when schema ? 'const' then jsonb_build_array(schema -> 'const')
    when jsonb_typeof(schema -> 'enum') = 'array' then schema -> 'enum'
  end;
  if choices is not null and not choices @> value
    -- Equal characters may be spelled with other bytes, and equal doubles with other digits.
    and not exists (
      select from jsonb_array_elements(choices || value) as c (value)
      where jsonb_typeof(c.value) = kind and case kind
        when 'string' then octet_length(c.value #>> '{}') <> length(c.value #>> '{}')
        when 'number' then not pawl.number_is_exact(c.value)
        else false
      end
    )
  then
    return format('is %s, not one of the values that are allowed', pawl.excerpt(value));
  end if;

  if kind = 'number' and pawl.number_is_exact(value) then
    number := value::numeric;
    bound := schema -> 'minimum';
    if pawl.number_is_exact(bound) and number < bound::numeric then
      return format('is %s, less than the minimum %s', number, bound);
    end if;
    bound := schema -> 'maximum';
    if pawl.number_is_exact(bound) and number > bound::numeric then
      return format('is %s, more than the maximum %s', number, bound);
    end if;
    bound := schema -> 'exclusiveMinimum';
    if pawl.number_is_exact(bound) and number <= bound::numeric then
      return format('is %s, not more than %s', number, bound);
    end if;
    bound := schema -> 'exclusiveMaximum';
    if pawl.number_is_exact(bound) and number >= bound::numeric then
      return format('is %s, not less than %s', number, bound);
    end if;
  end if;
  return null;
end
$$;

-- Says where and why an input cannot fit a schema, as far as that is cheap to see; null if it may.
create function pawl.input_misfit(schema jsonb, input jsonb) returns text
  language plpgsql immutable strict
  set search_path = pg_catalog, pg_temp
  as $$
declare
  reason  text := pawl.misfit(schema, input);
  members jsonb;
begin
  if reason is not null then
    return 'input ' || reason;
  end if;
  if jsonb_typeof(schema) <> 'object' or jsonb_typeof(input) <> 'object' then
    return null;
  end if;

  if jsonb_typeof(schema -> 'required') = 'array' then
    select format('input has no member %s', pawl.excerpt(r.key)) into reason
    from jsonb_array_elements(schema -> 'required') as r (key)
    where jsonb_typeof(r.key) = 'string' and not input ? (r.key #>> '{}')
    limit 1;
  end if;

  members := schema -> 'properties';
  if reason is null and jsonb_typeof(members) = 'object' then
    select format('input.%s %s', i.key, pawl.misfit(members -> i.key, i.value)) into reason
    from jsonb_each(input) as i (key, value)
    where pawl.misfit(members -> i.key, i.value) is not null
    limit 1;
  end if;

  if reason is null and schema -> 'additionalProperties' = 'false'
    and not schema ? 'patternProperties'
    and coalesce(jsonb_typeof(members), 'object') = 'object'
  then
    select format('input.%s is not allowed', i.key) into reason
    from jsonb_object_keys(input) as i (key)
    where members is null or not members ? i.key
    limit 1;
  end if;

  -- The keys of an object are compared by characters elsewhere, and here by bytes.
  if reason is not null and exists (
    select from jsonb_object_keys(input) as i (key) where octet_length(i.key) <> length(i.key)
    union all
    select from jsonb_object_keys(coalesce(members, '{}')) as m (key)
    where octet_length(m.key) <> length(m.key)
  ) then
    return null;
  end if;
  return reason;
end
$$;

-- Refuses an input that cannot fit the schema of its workflow.
create function pawl.check_input_schema(workflow text, schema jsonb, input jsonb) returns void
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
declare
  reason text := pawl.input_misfit(schema, input);
begin
  if reason is not null then
    raise exception 'the input of workflow "%" does not fit its schema: %', workflow, reason
      using errcode = 'check_violation',
            hint = format('correct the input; pawl show --workflow %s prints the schema', workflow);
  end if;
end
$$;
