{#- Half-even, to the currency's minor unit (`minor_units` of them make one); exact in decimals. -#}
{% macro round_to_minor_unit(amount, minor_units) -%}
    {%- set exact = '(' ~ amount ~ ' * ' ~ minor_units ~ ')' -%}
    {%- set whole = 'floor(' ~ exact ~ ')' -%}
    cast(
        (
            {{ whole }}
            + case
                when {{ exact }} - {{ whole }} > 0.5 then 1
                when {{ exact }} - {{ whole }} = 0.5 then cast(abs({{ whole }}) as bigint) % 2
                else 0
            end
        ) * {{ minor_unit_of(minor_units) }}
        as decimal(18, 6)
    )
{%- endmacro %}

{#- The value of one minor unit; a table, because a division of decimals is a binary float here. -#}
{% macro minor_unit_of(minor_units) -%}
    case {{ minor_units }}
        when 1 then cast(1 as decimal(18, 6))
        when 10 then cast('0.1' as decimal(18, 6))
        when 100 then cast('0.01' as decimal(18, 6))
        when 1000 then cast('0.001' as decimal(18, 6))
        when 10000 then cast('0.0001' as decimal(18, 6))
    end
{%- endmacro %}

{#- The product of two decimals, exactly: DuckDB keeps that of two short ones as short, and a million
    with six decimals on both sides is too long for it. -#}
{% macro product(quantity, price) -%}
    cast({{ quantity }} as decimal(20, 6)) * {{ price }}
{%- endmacro %}
