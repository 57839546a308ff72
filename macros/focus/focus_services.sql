{#- FOCUS 1.4 closes the lists of service categories and subcategories (ServiceCategory, ServiceSubcategory); bills name their own. -#}

{% macro focus_subcategories() -%}
    {#- The subcategories of each category, less `Other (<category>)`, which each has. -#}
    {{ return({
        'AI and Machine Learning': ['AI Platforms', 'Bots', 'Generative AI', 'Machine Learning', 'Natural Language Processing'],
        'Analytics': ['Analytics Platforms', 'Business Intelligence', 'Data Processing', 'Search', 'Streaming Analytics'],
        'Business Applications': ['Productivity and Collaboration'],
        'Compute': ['Containers', 'End User Computing', 'Quantum Compute', 'Serverless Compute', 'Virtual Machines'],
        'Databases': ['Caching', 'Data Warehouses', 'Ledger Databases', 'NoSQL Databases', 'Relational Databases', 'Time Series Databases'],
        'Developer Tools': [
            'Developer Platforms', 'Continuous Integration and Deployment', 'Development Environments', 'Source Code Management', 'Quality Assurance',
        ],
        'Identity': ['Identity and Access Management'],
        'Integration': ['API Management', 'Messaging', 'Workflow Orchestration'],
        'Internet of Things': ['IoT Analytics', 'IoT Platforms'],
        'Management and Governance': [
            'Architecture', 'Compliance', 'Cost Management', 'Data Governance', 'Disaster Recovery', 'Endpoint Management', 'Observability', 'Support',
        ],
        'Media': ['Content Creation', 'Gaming', 'Media Streaming', 'Mixed Reality'],
        'Migration': ['Data Migration', 'Resource Migration'],
        'Mobile': [],
        'Multicloud': ['Multicloud Integration'],
        'Networking': ['Application Networking', 'Content Delivery', 'Network Connectivity', 'Network Infrastructure', 'Network Routing', 'Network Security'],
        'Security': ['Secret Management', 'Security Posture Management', 'Threat Detection and Response'],
        'Storage': ['Backup Storage', 'Block Storage', 'File Storage', 'Object Storage', 'Storage Platforms'],
        'Web': ['Application Platforms'],
        'Other': [],
    }) }}
{%- endmacro %}

{% macro focus_category(category) -%}
    {#- The category itself where FOCUS knows it, else Other. -#}
    case
        when {{ category }} in ('{{ focus_subcategories().keys() | join("', '") }}') then {{ category }}
        else 'Other'
    end
{%- endmacro %}

{% macro focus_subcategory(category, subcategory, layer) -%}
    {#- The bill's subcategory where it is one of its category's; what our own classification of the line knows; else `Other (<category>)`. -#}
    case
        {% for name, subcategories in focus_subcategories().items() if subcategories -%}
        when {{ category }} = '{{ name }}' and {{ subcategory }} in ('{{ subcategories | join("', '") }}') then {{ subcategory }}
        {% endfor -%}
        when {{ category }} = 'AI and Machine Learning' and {{ layer }} = 'inference' then 'Generative AI'
        when {{ category }} = 'AI and Machine Learning' and {{ layer }} = 'gpu' then 'Machine Learning'
        when {{ category }} = 'Compute' and {{ layer }} = 'gpu' then 'Virtual Machines'
        when {{ category }} = 'Analytics' and {{ layer }} = 'retrieval' then 'Search'
        else 'Other (' || {{ category }} || ')'
    end
{%- endmacro %}
