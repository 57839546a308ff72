{#- Names and order of the Cost and Usage dataset: FOCUS 1.4 (2026-06-04), then the two names of 1.2 that 1.3 deprecated and 1.4 removed, then our own, which FOCUS wants to begin with x_.
    Each has the column of focus_cost_and_usage's last step that fills it; none means that no bill states it. -#}
{% macro focus_columns() -%}
    {{ return([
        ['AllocatedMethodDetails', 'allocated_method_details'], ['AllocatedMethodId', 'allocated_method_id'], ['AllocatedResourceId', 'allocated_resource_id'],
        ['AllocatedResourceName', 'allocated_resource_name'], ['AllocatedTags', 'allocated_tags'], ['AvailabilityZone', none], ['BilledCost', 'billed_cost'],
        ['BillingAccountId', 'billing_account_id'], ['BillingAccountName', 'billing_account_id'], ['BillingAccountType', 'billing_account_type'],
        ['BillingCurrency', 'billing_currency'], ['BillingPeriodEnd', 'billing_period_end'], ['BillingPeriodStart', 'billing_period_start'],
        ['CapacityReservationId', none], ['CapacityReservationStatus', none], ['ChargeCategory', 'charge_category'], ['ChargeClass', 'charge_class'],
        ['ChargeDescription', 'charge_description'], ['ChargeFrequency', 'charge_frequency'], ['ChargePeriodEnd', 'charge_period_end'],
        ['ChargePeriodStart', 'charge_period_start'], ['CommitmentDiscountCategory', 'commitment_discount_category'], ['CommitmentDiscountId', 'commitment_discount_id'],
        ['CommitmentDiscountName', 'commitment_discount_id'], ['CommitmentDiscountQuantity', 'commitment_discount_quantity'],
        ['CommitmentDiscountStatus', 'commitment_discount_status'], ['CommitmentDiscountType', 'commitment_discount_type'],
        ['CommitmentDiscountUnit', 'commitment_discount_unit'], ['CommitmentProgramEligibilityDetails', none], ['ConsumedQuantity', 'consumed_quantity'],
        ['ConsumedUnit', 'consumed_unit'], ['ContractApplied', none], ['ContractedCost', 'contracted_cost'], ['ContractedUnitPrice', 'contracted_unit_price'],
        ['EffectiveCost', 'effective_cost'], ['HostProviderName', 'host_provider_name'], ['InvoiceDetailId', none], ['InvoiceId', 'invoice_id'],
        ['InvoiceIssuerName', 'invoice_issuer_name'], ['ListCost', 'list_cost'], ['ListUnitPrice', 'list_unit_price'], ['PricingCategory', 'pricing_category'],
        ['PricingCurrency', 'pricing_currency'], ['PricingCurrencyContractedUnitPrice', 'pricing_currency_contracted_unit_price'],
        ['PricingCurrencyEffectiveCost', 'pricing_currency_effective_cost'], ['PricingCurrencyListUnitPrice', 'pricing_currency_list_unit_price'],
        ['PricingQuantity', 'pricing_quantity'], ['PricingUnit', 'pricing_unit'], ['RegionId', 'region_id'], ['RegionName', 'region_id'], ['ResourceId', 'resource_id'],
        ['ResourceName', none], ['ResourceType', 'resource_type'], ['ServiceCategory', 'service_category'], ['ServiceName', 'service_name'],
        ['ServiceProviderName', 'service_provider_name'], ['ServiceSubcategory', 'service_subcategory'], ['SkuId', 'sku_id'], ['SkuMeter', 'sku_meter'],
        ['SkuPriceDetails', 'sku_price_details'], ['SkuPriceId', 'sku_price_id'], ['SubAccountId', 'sub_account_id'], ['SubAccountName', 'sub_account_name'],
        ['SubAccountType', 'sub_account_type'], ['Tags', 'tags_json'],
        ['ProviderName', 'service_provider_name'], ['PublisherName', 'service_provider_name'],
        ['x_AllocationId', 'allocation_id'], ['x_ChargeId', 'x_charge_id'], ['x_PoolId', 'pool_id'], ['x_Layer', 'layer'], ['x_Team', 'team'], ['x_Feature', 'feature'],
        ['x_Environment', 'environment'], ['x_Workload', 'workload'], ['x_AgentSessionId', 'agent_session_id'], ['x_AllocationStep', 'allocation_step'],
        ['x_EvidenceGrade', 'evidence_grade'], ['x_QuantityBasis', 'quantity_basis'], ['x_SourceFile', 'x_source_file'], ['x_SourceRowNumber', 'x_source_row_number'],
    ]) }}
{%- endmacro %}

{% macro focus_select_list() -%}
    {%- for name, column in focus_columns() -%}
    {{ 'cast(null as varchar)' if column is none else column }} as {{ name }}{{ ',\n    ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{% macro focus_unit_price(cost, quantity) -%}
    {#- A line's price per pricing unit, of the whole line, so that all its parts show one price; a double, as every ratio. Null where FOCUS wants none, and never negative. -#}
    case
        when not is_priced or {{ cost }} * {{ quantity }} < 0 then null
        when {{ quantity }} = 0 then case when {{ cost }} = 0 then cast(0 as double) end
        else cast({{ cost }} as double) / cast({{ quantity }} as double)
    end
{%- endmacro %}
