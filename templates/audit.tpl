{{%AUTOESCAPE context="HTML"}}
<div class="page-head"><h1>Audit log</h1></div>
<form class="card audit-filter" method="get" action="/audit" role="search" aria-label="Filter the log">
<div class="field"><label for="actor">Who</label><input id="actor" name="actor" type="text" value="{{ACTOR}}" maxlength="200" autocomplete="off" autocapitalize="none" spellcheck="false"></div>
<div class="field"><label for="action">Did what</label><select id="action" name="action"><option value="">Everything</option>
{{#ACTION}}<option value="{{OPTION_VALUE}}"{{#OPTION_SELECTED}} selected{{/OPTION_SELECTED}}>{{OPTION_TITLE}}</option>
{{/ACTION}}
</select></div>
<div class="field"><label for="object">On what</label><input id="object" name="object" type="text" value="{{OBJECT}}" maxlength="200" placeholder="store ID or name" autocomplete="off" autocapitalize="none" spellcheck="false"></div>
<div class="field"><label for="result">Result</label><select id="result" name="result"><option value="">Any</option>
{{#RESULT}}<option value="{{OPTION_VALUE}}"{{#OPTION_SELECTED}} selected{{/OPTION_SELECTED}}>{{OPTION_TITLE}}</option>
{{/RESULT}}
</select></div>
<div class="field"><label for="from">From (UTC)</label><input id="from" name="from" type="date" value="{{FROM}}"></div>
<div class="field"><label for="until">Until (UTC)</label><input id="until" name="until" type="date" value="{{UNTIL}}"></div>
<div class="buttons"><button class="button primary" type="submit">Filter</button>{{#FILTERED}}<a class="button quiet" href="/audit">Show all</a>{{/FILTERED}}</div>
</form>
{{#NO_ROWS}}
<section class="card empty"><h2>Nothing found</h2><p>No line of the log matches. <a href="/audit">Show all</a></p></section>
{{/NO_ROWS}}
{{#TABLE}}
<table class="stores audit">
<caption class="visually-hidden">The audit log, newest first</caption>
<thead>
<tr><th scope="col">When</th><th scope="col">Who</th><th scope="col">Did what</th><th scope="col">On what</th><th scope="col">Result</th></tr>
</thead>
<tbody>
{{#ROW}}
<tr id="row-{{NUMBER}}">
<td><time datetime="{{AT}}">{{AT_TEXT}}</time><span class="host">no. {{NUMBER}}</span></td>
<th scope="row"><span class="who-did">{{ROW_ACTOR}}</span><span class="host">{{ADDRESS}}</span></th>
<td class="what-done">{{ACTION_TITLE}}<span class="host">{{DETAIL}}</span></td>
<td>{{ROW_OBJECT}}</td>
<td><span class="pill {{RESULT_TONE}}">{{RESULT_LABEL}}</span></td>
</tr>
{{/ROW}}
</tbody>
</table>
{{/TABLE}}
{{#PAGER}}
<nav class="pager" aria-label="Pages of the log">
<span>{{#NEWER}}<a class="button" rel="prev" href="{{NEWER_URL}}">Newer</a>{{/NEWER}}</span>
<span>{{#OLDER}}<a class="button" rel="next" href="{{OLDER_URL}}">Older</a>{{/OLDER}}</span>
</nav>
{{/PAGER}}
<section class="card download" aria-labelledby="download-heading">
<h2 id="download-heading">Download</h2>
<p class="fine">One JSON object a line, oldest first, with the hashes that chain the rows. <code>storectl audit export</code> gives all of it at once, <code>storectl audit verify</code> tells whether it is whole.</p>
<ul class="parts">
{{#PART}}<li><a href="{{PART_URL}}" download="audit-{{PART_FIRST}}.jsonl">Rows {{PART_FIRST}} to {{PART_LAST}}</a></li>
{{/PART}}
</ul>
</section>
