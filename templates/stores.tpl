{{%AUTOESCAPE context="HTML"}}
<div class="page-head">
<h1>Stores</h1>
{{#MAY_CREATE}}
<a class="button primary" href="/new-store"><svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d="M8 3v10M3 8h10"/></svg>Create New Store</a>
{{/MAY_CREATE}}
</div>
<form class="search" method="get" action="/stores" role="search">
<label class="visually-hidden" for="search">Search by ID, title or host</label>
<input id="search" name="search" type="search" value="{{SEARCH}}" maxlength="120" placeholder="Search by ID, title or host">
<input type="hidden" name="status" value="{{STATUS}}">
<button class="button" type="submit">Search</button>
{{#SEARCHED}}<a class="button quiet" href="/stores">Show all</a>{{/SEARCHED}}
</form>
{{>LIVE}}
