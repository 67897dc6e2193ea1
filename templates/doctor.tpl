{{%AUTOESCAPE context="HTML"}}
<div class="page-head">
<div>
<h1>Doctor</h1>
<p class="host">What is in the cluster, held against what is in the books</p>
</div>
</div>
{{#DONE}}
<div class="notice good" role="status" id="done">{{DONE_TEXT}}</div>
{{/DONE}}
{{#WELL}}
<section class="card empty" id="well">
<h2>Nothing is amiss</h2>
<p>Every store has its namespace, and every namespace its store.</p>
</section>
{{/WELL}}
{{#ORPHAN}}
<section class="card" id="orphan-{{NS}}" aria-labelledby="orphan-heading-{{NS}}">
<div class="card-head">
<h2 id="orphan-heading-{{NS}}">{{NS}}</h2>
<span class="pill warn">{{KIND_LABEL}}</span>
</div>
<p>{{MEANING}}</p>
<dl class="facts wide">
<div><dt>Found</dt><dd><time datetime="{{FOUND}}">{{FOUND_TEXT}}</time></dd></div>
<div><dt>Owner it names</dt><dd>{{ORPHAN_OWNER}}</dd></div>
<div><dt>Engine</dt><dd>{{ORPHAN_ENGINE}}</dd></div>
<div><dt>Store uid</dt><dd><code>{{ORPHAN_UID}}</code></dd></div>
</dl>
{{#ANSWER}}
<div class="notice bad" role="alert"><strong>That could not be done:</strong> {{ANSWER_TEXT}}</div>
{{/ANSWER}}
{{#WISHED}}<p class="lead">{{WISHED_TEXT}}</p>{{/WISHED}}
{{#DECIDE}}
<form method="post" action="/doctor/{{NS}}/adopt">
<input type="hidden" name="csrf" value="{{CSRF}}">
<div class="buttons">
<button class="button primary" type="submit">Adopt<span class="visually-hidden"> {{NS}}</span></button>
{{#MAY_REMOVE}}<a class="button danger" href="/doctor/{{NS}}/remove">Remove…<span class="visually-hidden"> {{NS}}</span></a>{{/MAY_REMOVE}}
</div>
</form>
{{/DECIDE}}
</section>
{{/ORPHAN}}
{{#MISSING}}
<section class="card" aria-labelledby="missing-heading">
<h2 id="missing-heading">Stores whose namespace or data are missing</h2>
<p>Each has its row still, and keeps it. On its page you decide: retry makes a new, empty store, delete closes it.</p>
<table class="stores missing">
<caption class="visually-hidden">Stores whose namespace or data are missing, by ID</caption>
<thead>
<tr><th scope="col">Store</th><th scope="col">Status</th><th scope="col">Owner</th><th scope="col">What is missing</th></tr>
</thead>
<tbody>
{{#ROW}}
<tr>
<th scope="row"><a class="store-link" href="/stores/{{ID}}" id="missing-{{ID}}">{{STORE_TITLE}}</a><span class="host">{{HOST}}</span></th>
<td data-label="Status"><span class="pill {{STATUS_TONE}}">{{STATUS_LABEL}}</span></td>
<td data-label="Owner">{{OWNER}}</td>
<td data-label="Missing">{{REASON}}</td>
</tr>
{{/ROW}}
</tbody>
</table>
{{#AND_MORE}}<p class="fine">There are more than these; <code>storectl list --status degraded</code> shows all.</p>{{/AND_MORE}}
</section>
{{/MISSING}}
<section class="card" id="capacity" aria-labelledby="capacity-heading">
<h2 id="capacity-heading">Room in the cluster</h2>
{{#NO_CAPACITY}}<p class="fine">No node that takes pods was seen yet, so no store is refused for want of room.</p>{{/NO_CAPACITY}}
{{#CAPACITY}}
<dl class="facts wide">
<div><dt>Nodes</dt><dd>{{NODES}}</dd></div>
<div><dt>CPU free</dt><dd>{{CPU_FREE}} of {{CPU_ALL}}</dd></div>
<div><dt>Memory free</dt><dd>{{MEMORY_FREE}} of {{MEMORY_ALL}}</dd></div>
<div><dt>Pods free</dt><dd>{{PODS_FREE}} of {{PODS_ALL}}</dd></div>
</dl>
<table class="stores">
<caption class="visually-hidden">How many more stores there is room for</caption>
<thead>
<tr><th scope="col">Engine</th><th scope="col">Plan</th><th scope="col">Asks for</th><th scope="col">Room</th></tr>
</thead>
<tbody>
{{#KIND}}
<tr>
<th scope="row">{{KIND_ENGINE}}</th>
<td data-label="Plan">{{KIND_PLAN}}</td>
<td data-label="Asks for">{{KIND_CPU}}, {{KIND_MEMORY}}</td>
<td data-label="Room">room for {{KIND_ROOM}} more</td>
</tr>
{{/KIND}}
</tbody>
</table>
{{/CAPACITY}}
</section>
