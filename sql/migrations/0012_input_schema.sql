-- What the input of a workflow has to look like: the member `input_schema` of its definition, a JSON
-- Schema.
--
-- An INSERT checks what is cheap: the type of the whole; of its members the ones that are required
-- or not allowed, their types, and values that are listed or bounded.  It may let pass what does not
-- fit, and never refuses what fits: a number whose decimals and double may compare differently, text
-- that may be spelled in two ways, and keywords that make no sense are left to the whole check.

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

-- The place of a member of the input, for a message.
create function pawl.input_place(key text) returns text
  language sql immutable strict
  set search_path = pg_catalog, pg_temp
  as $$
    select case
      when key ~ '^[A-Za-z0-9_$@-]{1,40}$' then 'input.' || key
      else format('input[%s]', pawl.excerpt(to_jsonb(key)))
    end
  $$;

-- Whether a number compares the same as a decimal and as an integer or an IEEE double.
create function pawl.number_is_exact(value jsonb) returns boolean
  language sql immutable strict
  set search_path = pg_catalog, pg_temp
  as $$
    select case
      when jsonb_typeof(value) <> 'number' then false
      when abs(value::numeric) > 9007199254740992 then false
      else pawl.number_survives(value::numeric)
    end
  $$;

-- Whether text has characters that may be spelled in other bytes, as é may be with two code points.
create function pawl.may_be_respelled(value text) returns boolean
  language sql immutable strict
  set search_path = pg_catalog, pg_temp
  as $$
    select value ~ '[^\u0001-\u007f]'
  $$;

-- Says why a value cannot fit a schema, as far as that is cheap to see; null if it may.
--
-- It is for check_input_schema, whose search_path it has: setting it would take as long as the rest.
create function pawl.misfit(schema jsonb, value jsonb) returns text
  language plpgsql immutable strict
  as $$
declare
  kind    text := jsonb_typeof(value);
  types   jsonb := schema -> 'type';
  choices jsonb;
  bound   jsonb;
  reason  text;
begin
  if jsonb_typeof(schema) <> 'object' then
    return null;
  end if;

  if jsonb_typeof(types) = 'string' then
    types := jsonb_build_array(types);
  end if;
  if jsonb_typeof(types) = 'array' and not types ? kind and types <> '[]'
    and types <@ '["string", "number", "integer", "boolean", "object", "array", "null"]'
  then
    if kind = 'number' and types ? 'integer' then
      if value::numeric <> trunc(value::numeric) and pawl.number_is_exact(value) then
        reason := 'is %s, not of type %s';
      end if;
    else
      reason := 'is %s, not of type %s';
    end if;
    if reason is not null then
      return format(reason, pawl.excerpt(value),
        (select string_agg(t.name, ' or ') from jsonb_array_elements_text(types) as t (name)));
    end if;
  end if;

  if kind = 'object' or kind = 'array' then
    return null;
  end if;

  choices := schema -> 'enum';
  if schema ? 'const' then
    choices := jsonb_build_array(schema -> 'const');
  end if;
  if jsonb_typeof(choices) = 'array' and not choices @> value then
    if not exists (
      select from jsonb_array_elements(choices || value) as c (value)
      where jsonb_typeof(c.value) = kind
        and case kind
          when 'string' then pawl.may_be_respelled(c.value #>> '{}')
          when 'number' then not pawl.number_is_exact(c.value)
          else false
        end
    ) then
      return format('is %s, not one of the values that are allowed', pawl.excerpt(value));
    end if;
  end if;

  if kind = 'number' then
    bound := schema -> 'minimum';
    if jsonb_typeof(bound) = 'number' and value < bound then
      reason := 'is %s, less than the minimum %s';
    else
      bound := schema -> 'maximum';
      if jsonb_typeof(bound) = 'number' and value > bound then
        reason := 'is %s, more than the maximum %s';
      else
        bound := schema -> 'exclusiveMinimum';
        if jsonb_typeof(bound) = 'number' and value <= bound then
          reason := 'is %s, not more than %s';
        else
          bound := schema -> 'exclusiveMaximum';
          if jsonb_typeof(bound) = 'number' and value >= bound then
            reason := 'is %s, not less than %s';
          end if;
        end if;
      end if;
    end if;
    if reason is not null and pawl.number_is_exact(value) and pawl.number_is_exact(bound) then
      return format(reason, value, bound);
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
  members jsonb := coalesce(schema -> 'properties', '{}');
  reason  text;
begin
  if schema ->> 'type' is distinct from 'object' or jsonb_typeof(input) <> 'object' then
    reason := pawl.misfit(schema, input);
    if reason is not null then
      return 'input ' || reason;
    end if;
    if jsonb_typeof(schema) <> 'object' or jsonb_typeof(input) <> 'object' then
      return null;
    end if;
  end if;
  if jsonb_typeof(members) <> 'object' then
    return null;
  end if;

  if jsonb_typeof(schema -> 'required') = 'array' then
    select format('input has no member %s', pawl.excerpt(r.key)) into reason
    from jsonb_array_elements(schema -> 'required') as r (key)
    where not input ? (r.key #>> '{}') and jsonb_typeof(r.key) = 'string'
    limit 1;
  end if;

  if reason is null then
    -- Most members have the type that is asked for, and nothing else is asked of them.
    select format('%s %s', pawl.input_place(m.key), m.reason) into reason
    from (
      select i.key, pawl.misfit(members -> i.key, i.value) as reason
      from jsonb_each(input) as i (key, value)
      where members ? i.key
        and (
          members -> i.key ->> 'type' is distinct from jsonb_typeof(i.value)
          or members -> i.key ?| '{const,enum,minimum,maximum,exclusiveMinimum,exclusiveMaximum}'
        )
      offset 0
    ) as m
    where m.reason is not null
    limit 1;
  end if;

  if reason is null and schema -> 'additionalProperties' = 'false'
    and not schema ? 'patternProperties'
  then
    select pawl.input_place(i.key) || ' is not allowed' into reason
    from jsonb_object_keys(input) as i (key)
    where not members ? i.key
    limit 1;
  end if;

  -- What is missing, too much or wrong may be another member for who compares characters.
  if reason is not null and exists (
    select from jsonb_object_keys(input) as i (key) where pawl.may_be_respelled(i.key)
    union all
    select from jsonb_object_keys(members) as m (key) where pawl.may_be_respelled(m.key)
    union all
    select where pawl.may_be_respelled((schema -> 'required')::text)
  ) then
    return null;
  end if;
  return reason;
end
$$;

-- Refuses an input that cannot fit the schema of its workflow; does nothing if there is none.
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
            hint = 'the member "input_schema" of the definition says what fits: pawl define --show '
              || workflow;
  end if;
end
$$;
