{#- Who a source of HubSpot's is, as the seed says, and whether it names a user. -#}
{% macro hubspot_actor_type(acts_as, user_key) -%}
    case
        when {{ acts_as }} in ('user', 'user_or_automation') and {{ user_key }} is not null
            then 'human_agent'
        when {{ acts_as }} in ('app', 'automation', 'user_or_automation') then 'automation'
        when {{ acts_as }} = 'requester' then 'requester'
        else 'unknown'
    end
{%- endmacro %}
