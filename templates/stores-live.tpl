{{%AUTOESCAPE context="HTML"}}
<div id="live" data-fragment="{{FRAGMENT_URL}}" data-now="{{NOW_MS}}"{{#MOVING}} data-moving="yes"{{/MOVING}}>
<nav class="filters" id="part-filters" data-part aria-label="Filter by status">
{{#FILTER}}<a href="{{FILTER_URL}}"{{#FILTER_CURRENT}} aria-current="page"{{/FILTER_CURRENT}}>{{FILTER_LABEL}} <span class="count">{{FILTER_COUNT}}</span></a>
{{/FILTER}}
</nav>
<div id="part-list" data-part>
{{#NO_STORES}}
<section class="card empty">
<svg class="empty-art" viewBox="0 0 96 72" aria-hidden="true"><path class="art-fill" d="M14 30h68v34a4 4 0 0 1-4 4H18a4 4 0 0 1-4-4z"/><path class="art-awning" d="M12 8h72l8 20a10 10 0 0 1-20 2 12 12 0 0 1-24 0 12 12 0 0 1-24 0A10 10 0 0 1 4 28z"/><path class="art-door" d="M52 42h18v26H52zM24 42h18v14H24z"/></svg>
<h2>No stores yet</h2>
<p>A store is a whole shop with its own database, address and admin. The first one takes about a minute.</p>
{{#MAY_CREATE}}<p><a class="button primary" href="/new-store">Create your first store</a></p>{{/MAY_CREATE}}
</section>
{{/NO_STORES}}
{{#NO_MATCH}}
<section class="card empty">
<h2>Nothing found</h2>
<p>No store matches this search and filter. <a href="/stores">Show all stores</a></p>
</section>
{{/NO_MATCH}}
{{#TABLE}}
<table class="stores">
<caption class="visually-hidden">Stores, newest first</caption>
<thead>
<tr><th scope="col">Store</th><th scope="col">Status</th><th scope="col">Engine</th><th scope="col">Plan</th><th scope="col">Created</th><th scope="col"><span class="visually-hidden">Visit</span></th></tr>
</thead>
<tbody>
{{#ROW}}
<tr>
<th scope="row"><a class="store-link" href="/stores/{{ID}}" id="store-{{ID}}">{{STORE_TITLE}}</a><span class="host">{{HOST}}</span></th>
<td data-label="Status"><span class="pill {{STATUS_TONE}}">{{STATUS_LABEL}}</span></td>
<td data-label="Engine">{{ENGINE_TITLE}}</td>
<td data-label="Plan">{{PLAN_TITLE}}</td>
<td data-label="Created"><time datetime="{{CREATED}}">{{CREATED_TEXT}}</time></td>
<td class="visit">{{#OPEN}}<a href="{{STORE_URL}}" rel="noopener">Visit<span class="visually-hidden"> {{STORE_TITLE}}</span></a>{{/OPEN}}</td>
</tr>
{{/ROW}}
</tbody>
</table>
{{/TABLE}}
{{#PAGER}}
<nav class="pager" aria-label="Pages of the list">
<span>{{#NEWER}}<a class="button" rel="prev" href="{{NEWER_URL}}">Newer</a>{{/NEWER}}</span>
<span>{{#OLDER}}<a class="button" rel="next" href="{{OLDER_URL}}">Older</a>{{/OLDER}}</span>
</nav>
{{/PAGER}}
</div>
</div>
